//! What STIX 2.1 names: its types with their properties, from one table.

use std::collections::HashMap;
use std::sync::OnceLock;

const TABLE: &str = include_str!("stix21.tsv");

/// The row for the types that STIX 2.1 does not define.
const OTHER: &str = "other";

/// One type of STIX 2.1, or one of the objects that stand inside others.
#[derive(Debug)]
pub(crate) struct Kind {
    /// Its class in OASIS's STIX ontology.
    pub class: &'static str,
    /// Its properties, common ones included.
    pub properties: HashMap<&'static str, Property>,
}

impl Kind {
    /// Whether its objects have an id of their own: what stands in others states no version of STIX.
    fn has_an_id(&self) -> bool {
        self.properties.contains_key("spec_version")
    }
}

/// One property of a type.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Property {
    /// What it holds, or each entry of it where it is a list.
    pub form: Form,
    /// Whether it is a list.
    pub is_list: bool,
    /// Whether an object of the type has to have it.
    pub required: bool,
}

impl Property {
    fn read(code: &'static str) -> Self {
        let form = code.trim_end_matches(['*', '!']);
        Self {
            form: Form::read(form),
            is_list: code.contains('*'),
            required: code.ends_with('!'),
        }
    }
}

/// What a property holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Text,
    Timestamp,
    Integer,
    Float,
    Boolean,
    /// The id of another object.
    Reference,
    Hashes,
    Dictionary,
    Extensions,
    /// An object of that type, with no id of its own.
    Object(&'static str),
    /// What has no form that statements could have.
    Any,
}

impl Form {
    fn read(code: &'static str) -> Self {
        match code.split_once(':') {
            Some((_, kind)) => Self::Object(kind),
            None => match code {
                "s" => Self::Text,
                "t" => Self::Timestamp,
                "i" => Self::Integer,
                "f" => Self::Float,
                "b" => Self::Boolean,
                "r" => Self::Reference,
                "h" => Self::Hashes,
                "d" => Self::Dictionary,
                "e" => Self::Extensions,
                _ => Self::Any,
            },
        }
    }
}

/// A type by its name, such as `threat-actor` or `external-reference`; none for what STIX 2.1 does
/// not define.
pub(crate) fn kind(name: &str) -> Option<&'static Kind> {
    kinds().get(name)
}

/// A type whose objects have an id of their own.
pub(crate) fn object(name: &str) -> Option<&'static Kind> {
    kind(name).filter(|kind| name != OTHER && kind.has_an_id())
}

/// Whether a class of OASIS's STIX ontology is that of objects with an id of their own.
pub(crate) fn is_of_objects(class: &str) -> bool {
    let mut known = kinds().keys().filter_map(|name| object(name));
    known.any(|kind| kind.class == class)
}

/// The extension whose class has this name, such as `ArchiveExt`.
pub(crate) fn extension(class: &str) -> Option<&'static str> {
    let known = kinds().iter();
    known
        .filter(|(name, _)| name.ends_with("-ext"))
        .find_map(|(name, kind)| (kind.class == class).then_some(*name))
}

/// What is read of an object whose type STIX 2.1 does not define: what every object may have.
pub(crate) fn other() -> &'static Kind {
    kind(OTHER).unwrap_or_else(|| unreachable!("the table has it"))
}

fn kinds() -> &'static HashMap<&'static str, Kind> {
    static KINDS: OnceLock<HashMap<&'static str, Kind>> = OnceLock::new();
    KINDS.get_or_init(|| {
        let mut groups: HashMap<&str, Vec<(&'static str, Property)>> = HashMap::new();
        let mut kinds = HashMap::new();
        for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
            let mut cells = line.split('\t');
            let mut cell = || cells.next().unwrap_or("-");
            let (name, class, group, own) = (cell(), cell(), cell(), cell());
            let own = own
                .split(' ')
                .filter_map(|one| one.split_once('='))
                .map(|(property, code)| (property, Property::read(code)));
            if class == "-" {
                groups.insert(name, own.collect());
                continue;
            }
            let common = groups.get(group).cloned().unwrap_or_default();
            let properties = common.into_iter().chain(own).collect();
            kinds.insert(name, Kind { class, properties });
        }
        kinds
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_has_its_class_and_the_properties_it_shares() {
        let campaign = kind("campaign").unwrap();
        assert_eq!(campaign.class, "Campaign");
        assert_eq!(campaign.properties["created_by_ref"].form, Form::Reference);
        assert_eq!(campaign.properties["first_seen"].form, Form::Timestamp);
        assert!(campaign.properties["name"].required && campaign.properties["aliases"].is_list);
        assert_eq!(kind("email-addr").unwrap().class, "EmailAddress");
        assert!(kind("sdo").is_none() && kind("x-mitre-tactic").is_none());
        // 19 SDO, 2 SRO, 18 SCO, 3 meta objects and the bundle, 12 extensions, 10 parts, and whatever
        // else.
        assert_eq!(kinds().len(), 66);
        assert_eq!(
            kinds().keys().filter(|name| object(name).is_some()).count(),
            43
        );
        for (name, kind) in kinds() {
            for form in kind.properties.values() {
                if let Form::Object(part) = form.form {
                    assert!(super::kind(part).is_some(), "{name} holds {part}");
                }
            }
        }
    }
}
