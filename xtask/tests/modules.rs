//! Arrows inside the crates: which module may name which, read from the sources themselves; and
//! whether `ARCHITECTURE.md` names files that are there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// One source file: its place under `src/`, and its text without comments and tests.
struct Source {
    place: String,
    text: String,
}

impl Source {
    /// The module of the crate that it belongs to.
    fn top(&self) -> &str {
        let first = self.place.split('/').next().unwrap_or_default();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// How many modules it lies under.
    fn depth(&self) -> usize {
        let module = self.place.strip_suffix("/mod.rs").unwrap_or(&self.place);
        module.matches('/').count()
    }

    /// The words that come after `path` wherever that is written, also in a list in braces.
    fn after(&self, path: &str) -> BTreeSet<&str> {
        let mut found = BTreeSet::new();
        for (at, _) in self.text.match_indices(path) {
            let before = self.text[..at].chars().next_back();
            if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':') {
                continue;
            }
            let rest = &self.text[at + path.len()..];
            if rest.starts_with('{') {
                found.extend(items(rest).into_iter().map(|item| word(item.trim_start())));
            } else {
                found.insert(word(rest));
            }
        }
        found
    }
}

/// What stands between commas in a list that begins with a brace; a list within is one item.
fn items(list: &str) -> Vec<&str> {
    let (mut depth, mut start, mut items) = (0, 1, Vec::new());
    for (at, letter) in list.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => {
                items.push(&list[start..at]);
                start = at + 1;
            }
            _ => {}
        }
        if depth == 0 {
            items.push(&list[start..at]);
            break;
        }
    }
    items
}

fn word(text: &str) -> &str {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_'));
    &text[..end.unwrap_or(text.len())]
}

/// The files of a crate that are no tests; neither is its root, which names every module.
fn sources(package: &Path) -> Vec<Source> {
    let src = package.join("src");
    let mut open = vec![src.clone()];
    let mut found = Vec::new();
    while let Some(directory) = open.pop() {
        for entry in fs::read_dir(&directory).expect("a directory of sources") {
            let path = entry.expect("a directory of sources").path();
            let name = path.file_name().and_then(|name| name.to_str());
            let name = name.expect("names are UTF-8").to_owned();
            if path.is_dir() {
                if name != "tests" {
                    open.push(path);
                }
                continue;
            }
            let is_root = directory == src && ["lib.rs", "main.rs"].contains(&name.as_str());
            if !name.ends_with(".rs")
                || is_root
                || ["tests.rs", "testing.rs"].contains(&name.as_str())
            {
                continue;
            }
            let text = fs::read_to_string(&path).expect("a source is UTF-8");
            let text = text.split("\n#[cfg(test)]\n").next().unwrap_or_default();
            let code = |line: &&str| !line.trim_start().starts_with("//");
            let place = path.strip_prefix(&src).expect("it lies under src");
            found.push(Source {
                place: place.to_string_lossy().into_owned(),
                text: text.lines().filter(code).collect::<Vec<_>>().join("\n"),
            });
        }
    }
    found
}

fn packages() -> Vec<PathBuf> {
    let crates = fs::read_dir(root().join("crates")).expect("the crates");
    let crates = crates.map(|entry| entry.expect("the crates").path());
    crates.chain([root().join("xtask")]).collect()
}

/// Which modules of a crate name which, each with the files that do.
fn arrows(sources: &[Source]) -> BTreeMap<&str, BTreeMap<&str, BTreeSet<&str>>> {
    let modules: BTreeSet<&str> = sources.iter().map(Source::top).collect();
    let mut arrows: BTreeMap<&str, BTreeMap<&str, BTreeSet<&str>>> = BTreeMap::new();
    for source in sources {
        let up = "super::".repeat(source.depth() + 1);
        for name in source.after("crate::").into_iter().chain(source.after(&up)) {
            if let Some(module) = modules.get(name).filter(|module| **module != source.top()) {
                let named = arrows.entry(source.top()).or_default();
                named.entry(module).or_default().insert(&source.place);
            }
        }
    }
    arrows
}

#[test]
fn the_modules_of_a_crate_form_no_circle() {
    let mut circles = Vec::new();
    for package in packages() {
        let sources = sources(&package);
        let arrows = arrows(&sources);
        // A module that names no other that is left can go, and so can one that none of them names;
        // what is left then stands in circles.
        let mut left: BTreeSet<&str> = arrows.keys().copied().collect();
        loop {
            let leads = |from: &str, to: &str| arrows[from].contains_key(to);
            let apart = |module: &&&str| {
                !left.iter().any(|other| leads(module, other))
                    || !left.iter().any(|other| leads(other, module))
            };
            let Some(apart) = left.iter().find(apart).copied() else {
                break;
            };
            left.remove(apart);
        }
        for module in &left {
            for (other, files) in arrows[module]
                .iter()
                .filter(|(other, _)| left.contains(*other))
            {
                circles.push(format!(
                    "{}: {module} -> {other} {files:?}",
                    package.display()
                ));
            }
        }
    }
    assert!(
        circles.is_empty(),
        "modules that lean on each other:\n{}",
        circles.join("\n")
    );
}

/// The desks are what the API's router is made of.
fn desks() -> BTreeSet<String> {
    let lib = root().join("crates/fieldmark-api/src/lib.rs");
    let lib = fs::read_to_string(lib).expect("the API's root");
    let desks = lib
        .split(".merge(")
        .skip(1)
        .map(|rest| word(rest).to_owned());
    desks.collect()
}

#[test]
fn no_desk_imports_another_and_nothing_below_imports_a_desk() {
    let desks = desks();
    assert!(desks.len() > 5, "{desks:?}");
    let sources = sources(&root().join("crates/fieldmark-api"));
    let mut wrong = Vec::new();
    for (module, named) in arrows(&sources) {
        for (other, files) in named {
            if desks.contains(other) {
                wrong.push(format!("{module} -> {other} {files:?}"));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "a desk is imported:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn an_answer_knows_none_of_its_forms() {
    let sources = sources(&root().join("crates/fieldmark-api"));
    let arrows = arrows(&sources);
    let named: BTreeSet<&str> = arrows["answer"].keys().copied().collect();
    assert!(
        named.contains("problem"),
        "the arrows of answers are read: {named:?}"
    );
    for form in ["page", "pictures", "report"] {
        assert!(arrows.contains_key(form), "{form} is a form");
        assert!(
            !named.contains(form),
            "an answer names {form}: {:?}",
            arrows["answer"][form]
        );
    }
}

#[test]
fn the_architecture_names_files_that_are_there() {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).expect("the map");
    let mut named = 0;
    let mut missing = Vec::new();
    for quoted in text
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|quoted| quoted.ends_with(".rs"))
    {
        let Some((of, place)) = quoted.split_once('/') else {
            // A file beside the one named before it.
            continue;
        };
        named += 1;
        let places = [
            format!("crates/fieldmark-{of}/src/{place}"),
            format!("crates/{of}/src/{place}"),
            quoted.to_owned(),
        ];
        if !places.iter().any(|place| root().join(place).is_file()) {
            missing.push(quoted);
        }
    }
    assert!(named > 30, "only {named} files are named");
    assert!(
        missing.is_empty(),
        "ARCHITECTURE.md names what is not there: {missing:?}"
    );
}
