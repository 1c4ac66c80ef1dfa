//! A view that takes in one lot after another, and shows them together.

use super::*;

/// Writes the next lot as soon as the ledger may go on, as the writer does.
struct Hasty<'a> {
    write: &'a mut dyn FnMut() -> Option<Arc<Changes>>,
    meanwhile: &'a mut dyn FnMut(),
    written: Option<Option<Arc<Changes>>>,
}

impl Lots for Hasty<'_> {
    fn settle(&mut self, what: Result<(), StoreError>) {
        what.unwrap();
        self.written.get_or_insert_with(&mut *self.write);
    }

    fn next(&mut self) -> Option<Arc<Changes>> {
        (self.meanwhile)();
        self.written.take().flatten()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn a_view_that_took_in_much_equals_one_built_anew(steps in steps()) {
        let (runner, who) = (Arc::new(Runner::new(crate::sparql::Limits::default())), Arc::from("tester"));
        let all: Vec<RecordId> = (0..7).map(pick).collect();
        for audience in audiences() {
            // Other levels are defined before, with or after what stands under them.
            let (_dir, mut ledger, reader) = defining(&[Tlp::Clear]);
            let view = Kept::open(audience, None, &[3; 32], &reader).unwrap();
            let mut lots = steps.split(|step| matches!(step, Step::Follow)).filter(|lot| !lot.is_empty());
            let mut write = || {
                let mut gathered = Gathered::after(reader.head().unwrap().0);
                for change in lots.next()?.iter().filter_map(Step::change) {
                    let changes = vec![change];
                    let written = ledger.append(&[Group::by("t", &changes)], OffsetDateTime::UNIX_EPOCH).unwrap().remove(0).unwrap();
                    gathered.take(&reader, changes, &written);
                }
                Some(Arc::new(gathered.changes(&reader).unwrap().unwrap()))
            };
            let Some(first) = write() else { continue };
            let mut shown = Vec::new();
            let mut meanwhile = || {
                // What is shown meanwhile is what some entry left, and is kept by those who read it.
                shown.push(view.mark().unwrap().unwrap().seq);
                view.view(&runner, &who).nodes(&all).unwrap();
            };
            let mut hasty = Hasty { write: &mut write, meanwhile: &mut meanwhile, written: None };
            view.load(&reader, first, &mut hasty).unwrap();
            prop_assert!(view.agrees(&reader).unwrap(), "{} differs", view.audience().name);
            let mark = view.mark().unwrap().unwrap();
            prop_assert_eq!((mark.seq, mark.hash), reader.head().unwrap());
            prop_assert!(shown.is_sorted());
            let anew = view.view_of(State::of(view.current()), &runner, &who);
            let read = view.view(&runner, &who);
            prop_assert_eq!(read.nodes(&all).unwrap(), anew.nodes(&all).unwrap());
            prop_assert_eq!(read.claims_of(&all).unwrap(), anew.claims_of(&all).unwrap());
            same(&read.feature_index().unwrap(), &Features::read(read.engine()).unwrap())?;
        }
    }
}
