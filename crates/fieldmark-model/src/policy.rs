//! Release policies and audiences: who may see a statement.
//!
//! TLP 2.0 (FIRST, 2022) gives the levels; `releasable-to` and memberships narrow them to a
//! community. No policy means deny.

use std::collections::BTreeSet;
use std::fmt;

/// A TLP 2.0 level, ordered from the least to the most restrictive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tlp {
    /// May be shared with the world.
    Clear,
    /// May be shared within the community.
    Green,
    /// May be shared within the organisation and its clients, on a need-to-know basis.
    Amber,
    /// May be shared within the organisation only.
    AmberStrict,
    /// For the named recipients only.
    Red,
}

impl Tlp {
    /// All levels, least restrictive first.
    pub const ALL: [Self; 5] = [
        Self::Clear,
        Self::Green,
        Self::Amber,
        Self::AmberStrict,
        Self::Red,
    ];

    /// The level's name without the `TLP:` prefix, in lower case: `amber+strict`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Clear => "clear",
            Self::Green => "green",
            Self::Amber => "amber",
            Self::AmberStrict => "amber+strict",
            Self::Red => "red",
        }
    }

    /// Reads `clear`, `TLP:AMBER+STRICT`, `tlp:green`; TLP 1's `white` is TLP 2's `clear`.
    ///
    /// ```
    /// use fieldmark_model::Tlp;
    /// assert_eq!(Tlp::parse("TLP:AMBER+STRICT"), Some(Tlp::AmberStrict));
    /// assert_eq!(Tlp::parse("white"), Some(Tlp::Clear));
    /// assert_eq!(Tlp::parse("secret"), None);
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        let lower = text.trim().to_ascii_lowercase();
        let name = lower.strip_prefix("tlp:").unwrap_or(&lower);
        if name == "white" {
            return Some(Self::Clear);
        }
        Self::ALL.into_iter().find(|level| level.name() == name)
    }

    /// The id of OASIS's TLP 2.0 marking definition for this level.
    pub fn marking_id(self) -> &'static str {
        match self {
            Self::Clear => "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
            Self::Green => "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
            Self::Amber => "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
            Self::AmberStrict => "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
            Self::Red => "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
        }
    }

    /// The level whose marking definition has this id ([`marking_id`](Self::marking_id)).
    pub fn of_marking(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.marking_id() == id)
    }
}

impl fmt::Display for Tlp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TLP:{}", self.name().to_ascii_uppercase())
    }
}

/// What must hold of an audience for it to see a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The least ceiling that may see it.
    pub tlp: Tlp,
    /// Communities it may be released to; empty means every audience under the ceiling.
    pub releasable_to: BTreeSet<String>,
}

impl Policy {
    /// Whether whoever sees a statement under this policy sees it under `other` as well, whatever
    /// audiences there are or may be.
    ///
    /// ```
    /// use fieldmark_model::{Policy, Tlp};
    /// let green = Policy { tlp: Tlp::Green, releasable_to: Default::default() };
    /// let to_some = Policy { releasable_to: ["NATO".to_owned()].into(), ..green.clone() };
    /// assert!(to_some.is_as_strict_as(&green));
    /// assert!(!green.is_as_strict_as(&to_some));
    /// ```
    pub fn is_as_strict_as(&self, other: &Self) -> bool {
        let within = other.releasable_to.is_empty()
            || (!self.releasable_to.is_empty()
                && self.releasable_to.is_subset(&other.releasable_to));
        self.tlp >= other.tlp && within
    }
}

/// A configured group of callers who see the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audience {
    /// Its name, unique on this installation.
    pub name: String,
    /// The most restrictive level it may see.
    pub ceiling: Tlp,
    /// The communities it belongs to.
    pub memberships: BTreeSet<String>,
    /// Whether it sees everything, whatever the policy says (the steward alone).
    pub sees_all: bool,
}

impl Audience {
    /// Everyone who gave no token: TLP:CLEAR and no memberships.
    pub fn public() -> Self {
        Self {
            name: "public".into(),
            ceiling: Tlp::Clear,
            memberships: BTreeSet::new(),
            sees_all: false,
        }
    }

    /// Whoever keeps the knowledge base: sees every statement.
    pub fn steward() -> Self {
        Self {
            name: "steward".into(),
            ceiling: Tlp::Red,
            memberships: BTreeSet::new(),
            sees_all: true,
        }
    }

    /// Whether a statement under `policy` is visible. `None` (no such policy) means deny.
    ///
    /// ```
    /// use fieldmark_model::{Audience, Policy, Tlp};
    /// let clear = Policy { tlp: Tlp::Clear, releasable_to: Default::default() };
    /// let amber = Policy { tlp: Tlp::Amber, ..clear.clone() };
    /// let public = Audience::public();
    /// assert!(public.sees(Some(&clear)));
    /// assert!(!public.sees(Some(&amber)) && !public.sees(None));
    /// assert!(Audience::steward().sees(None));
    /// ```
    pub fn sees(&self, policy: Option<&Policy>) -> bool {
        self.sees_all
            || policy.is_some_and(|p| {
                p.tlp <= self.ceiling
                    && (p.releasable_to.is_empty()
                        || !p.releasable_to.is_disjoint(&self.memberships))
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(tlp: Tlp, to: &[&str]) -> Policy {
        Policy {
            tlp,
            releasable_to: to.iter().map(ToString::to_string).collect(),
        }
    }

    #[test]
    fn an_audience_sees_up_to_its_ceiling_and_within_its_memberships() {
        let fvey = Audience {
            name: "fvey".into(),
            ceiling: Tlp::Amber,
            memberships: ["FVEY".to_owned()].into(),
            sees_all: false,
        };
        let cases = [
            (Some(policy(Tlp::Clear, &[])), true),
            (Some(policy(Tlp::Amber, &[])), true),
            (Some(policy(Tlp::AmberStrict, &[])), false),
            (Some(policy(Tlp::Green, &["FVEY", "G7"])), true),
            (Some(policy(Tlp::Green, &["G7"])), false),
            (None, false),
        ];
        for (policy, seen) in cases {
            assert_eq!(fvey.sees(policy.as_ref()), seen, "{policy:?}");
            assert!(Audience::steward().sees(policy.as_ref()));
        }
        assert!(!Audience::public().sees(Some(&policy(Tlp::Green, &[]))));
    }

    #[test]
    fn levels_are_read_in_every_common_spelling() {
        for (text, level) in [
            ("tlp:green", Some(Tlp::Green)),
            ("TLP:AMBER+STRICT", Some(Tlp::AmberStrict)),
            ("white", Some(Tlp::Clear)),
            ("tlp:ultra", None),
        ] {
            assert_eq!(Tlp::parse(text), level, "{text}");
        }
    }

    #[test]
    fn as_strict_means_that_nobody_sees_more() {
        let all: Vec<Policy> = Tlp::ALL
            .into_iter()
            .flat_map(|tlp| [&[][..], &["a"], &["b"], &["a", "b"]].map(|to| policy(tlp, to)))
            .collect();
        let audiences: Vec<Audience> = Tlp::ALL
            .into_iter()
            .flat_map(|ceiling| {
                [&[][..], &["a"], &["b"], &["a", "b"]].map(|of| Audience {
                    name: String::new(),
                    ceiling,
                    memberships: of.iter().map(ToString::to_string).collect(),
                    sees_all: false,
                })
            })
            .collect();
        for one in &all {
            for other in &all {
                let nobody_more = audiences
                    .iter()
                    .all(|who| !who.sees(Some(one)) || who.sees(Some(other)));
                assert_eq!(one.is_as_strict_as(other), nobody_more, "{one:?} {other:?}");
            }
        }
    }
}
