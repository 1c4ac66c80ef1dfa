//! Which type of STIX an attribute or an object of MISP becomes, and what of it says what
//! (`shapes.tsv`).

use oxiri::Iri;
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::OnceLock;

/// What one kind of MISP's becomes.
#[derive(Debug)]
pub(super) struct Shape {
    kind: &'static str,
    /// Of an identity the class, of an account the type.
    class: Option<&'static str>,
    slots: Vec<Slot>,
}

#[derive(Debug)]
struct Slot {
    /// By what name MISP has it.
    from: &'static str,
    /// The property, or two with a dot between them.
    to: &'static str,
    holds: Holds,
    /// Whether one of the slots so marked has to be filled.
    needed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holds {
    Text,
    List,
    Number,
}

/// What something of MISP's says, by name: a name may stand several times.
pub(super) type Said = Vec<(String, String)>;

impl Shape {
    /// What an attribute of this type becomes.
    pub fn of_attribute(kind: &str) -> Option<&'static Self> {
        shapes().get("attribute")?.get(kind)
    }

    /// What an object of this template becomes.
    pub fn of_object(template: &str) -> Option<&'static Self> {
        shapes().get("object")?.get(template)
    }

    /// The type of STIX and its properties, and what no property holds; none when what it needs is not
    /// said.
    pub fn fill(&self, said: &Said) -> Option<(&'static str, Map<String, Value>, Said)> {
        let mut out = Map::new();
        let mut used = vec![false; said.len()];
        let mut complete = false;
        for slot in &self.slots {
            for (at, (_, text)) in said
                .iter()
                .enumerate()
                .filter(|(_, (name, _))| name == slot.from)
            {
                if !used[at] && slot.put(text, &mut out) {
                    used[at] = true;
                    complete |= slot.needed;
                }
            }
        }
        let kind = match self.kind {
            "ip" => address(out.get("value")?.as_str()?)?,
            // MISP's users write down what they have of one.
            "url" if Iri::parse(out.get("value")?.as_str()?).is_err() => return None,
            kind => kind,
        };
        if let Some(class) = self.class {
            let key = if kind == "identity" {
                "identity_class"
            } else {
                "account_type"
            };
            out.insert(key.to_owned(), class.into());
        }
        let rest = said.iter().zip(used).filter(|(_, used)| !used);
        complete.then(|| (kind, out, rest.map(|(one, _)| one.clone()).collect()))
    }
}

impl Slot {
    /// Puts a value in its place; says whether it fits there and the place was free.
    fn put(&self, text: &str, out: &mut Map<String, Value>) -> bool {
        let value: Value = match self.holds {
            Holds::Number => {
                match serde_json::from_str::<serde_json::Number>(text.trim_start_matches("AS")) {
                    Ok(number) => number.into(),
                    Err(_) => return false,
                }
            }
            Holds::Text | Holds::List => text.into(),
        };
        let (place, key) = match self.to.split_once('.') {
            Some((within, key)) => {
                let within = out.entry(within).or_insert_with(|| Map::new().into());
                let Some(within) = within.as_object_mut() else {
                    return false;
                };
                (within, key)
            }
            None => (out, self.to),
        };
        match place.get_mut(key) {
            Some(Value::Array(list)) => list.push(value),
            Some(_) => return false,
            None => {
                let value = match self.holds {
                    Holds::List => vec![value].into(),
                    _ => value,
                };
                place.insert(key.to_owned(), value);
            }
        }
        true
    }
}

/// The type of an address.
fn address(text: &str) -> Option<&'static str> {
    let bare = text.split('/').next()?;
    match (bare.parse::<Ipv4Addr>(), bare.parse::<Ipv6Addr>()) {
        (Ok(_), _) => Some("ipv4-addr"),
        (_, Ok(_)) => Some("ipv6-addr"),
        _ => None,
    }
}

/// By what it is the shape of, then by name.
type Shapes = HashMap<&'static str, HashMap<&'static str, Shape>>;

fn shapes() -> &'static Shapes {
    static SHAPES: OnceLock<Shapes> = OnceLock::new();
    SHAPES.get_or_init(|| {
        let mut shapes = Shapes::new();
        let lines = include_str!("shapes.tsv").lines();
        for line in lines.filter(|line| !line.starts_with('#')) {
            let mut cells = line.split('\t');
            let mut cell = || cells.next().unwrap_or_default();
            let (what, names, kind, slots) = (cell(), cell(), cell(), cell());
            let (kind, class) = match kind.split_once(':') {
                Some((kind, class)) => (kind, Some(class)),
                None => (kind, None),
            };
            for name in names.split(' ') {
                let slots = slots.split(' ').filter_map(slot).collect();
                let shape = Shape { kind, class, slots };
                shapes.entry(what).or_default().insert(name, shape);
            }
        }
        shapes
    })
}

/// `relation=property`, with what follows the property.
fn slot(text: &'static str) -> Option<Slot> {
    let (from, rest) = text.split_once('=')?;
    let bare = rest.trim_end_matches('!');
    let (to, holds) = match (bare.strip_suffix("[]"), bare.strip_suffix('#')) {
        (Some(to), _) => (to, Holds::List),
        (_, Some(to)) => (to, Holds::Number),
        _ => (bare, Holds::Text),
    };
    Some(Slot {
        from,
        to,
        holds,
        needed: rest.ends_with('!'),
    })
}
