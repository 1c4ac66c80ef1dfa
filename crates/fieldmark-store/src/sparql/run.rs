//! Running a prepared query in a view.

use super::armour::armour;
use super::budget::Budget;
use super::places::{Asker, Kind};
use super::steps::Steps;
use super::{Cut, Prepared, ResultFormat, Rows, Runner, SparqlError, watch};
use crate::caller::CancelToken;
use oxigraph::io::RdfSerializer;
use oxigraph::sparql::results::QueryResultsSerializer;
use oxigraph::sparql::{
    DefaultServiceHandler, QueryEvaluationError, QueryResults, QuerySolutionIter, SparqlEvaluator,
};
use oxigraph::store::Store;
use oxiri::Iri;
use oxrdf::{GraphName, Literal, NamedNode, Term};
use spargebra::algebra::GraphPattern;
use std::io::{self, Write};
use std::sync::Arc;

/// How much of an answer is kept back before the first of it is written.
const FIRST: usize = 64 << 10;

/// Answers no `SERVICE`, which `judge.rs` refuses before: whatever features the engine is built with,
/// nothing is asked over the network.
struct Nowhere;

impl DefaultServiceHandler for Nowhere {
    type Error = io::Error;

    fn handle(
        &self,
        service: &NamedNode,
        _: &GraphPattern,
        _: Option<&Iri<String>>,
    ) -> Result<QuerySolutionIter<'static>, io::Error> {
        let message = format!("SERVICE {service}: no other server is asked");
        Err(io::Error::other(message))
    }
}

impl Runner {
    pub(crate) fn select(
        &self,
        asker: &Asker,
        store: &Store,
        prepared: &Prepared,
    ) -> Result<Rows, SparqlError> {
        self.evaluate(
            (asker, Kind::Saved),
            store,
            prepared,
            crate::caller::current(),
            |results, budget| match results {
                QueryResults::Boolean(answer) => Ok(Rows {
                    variables: vec!["answer".into()],
                    rows: vec![vec![Some(Literal::from(answer).into())]],
                    cut: None,
                }),
                QueryResults::Graph(_) => Err(SparqlError::WrongForm {
                    found: "triples",
                    wanted: "a SELECT or an ASK",
                }),
                QueryResults::Solutions(solutions) => {
                    let mut rows = Rows {
                        variables: solutions
                            .variables()
                            .iter()
                            .map(|v| v.as_str().to_owned())
                            .collect(),
                        ..Rows::default()
                    };
                    let mut bytes = 0;
                    for solution in solutions {
                        budget.check()?;
                        let solution = solution.map_err(|error| stopped(error, budget))?;
                        let limits = &budget.limits;
                        if rows.rows.len() as u64 >= limits.rows {
                            rows.cut = Some(Cut::Rows(limits.rows));
                            break;
                        }
                        bytes += solution.values().iter().map(size).sum::<u64>();
                        if bytes > limits.bytes {
                            rows.cut = Some(Cut::Bytes(limits.bytes));
                            break;
                        }
                        rows.rows.push(solution.values().to_vec());
                    }
                    Ok(rows)
                }
            },
        )
    }

    pub(crate) fn run(
        &self,
        asker: &Asker,
        store: &Store,
        prepared: &Prepared,
        format: ResultFormat,
        out: impl Write + Send,
        cancel: &CancelToken,
    ) -> Result<(), SparqlError> {
        let whose = (asker, Kind::AdHoc);
        self.evaluate(whose, store, prepared, cancel.clone(), |results, budget| {
            let broken = |error: io::Error| output(&error, budget);
            let mut out = Held {
                inner: out,
                first: Vec::new(),
                through: false,
                left: budget.limits.bytes,
            };
            let mut count = 0;
            let mut one_more = || {
                budget.check()?;
                count += 1;
                if count > budget.limits.rows {
                    return Err(SparqlError::OverBudget {
                        what: "rows",
                        limit: budget.limits.rows,
                    });
                }
                Ok(())
            };
            let no_rows = SparqlError::WrongForm {
                found: "rows",
                wanted: "a format of triples",
            };
            let no_graph = SparqlError::WrongForm {
                found: "triples",
                wanted: "a format of rows",
            };
            match results {
                QueryResults::Boolean(answer) => {
                    let writer = QueryResultsSerializer::from_format(format.rows().ok_or(no_rows)?);
                    writer
                        .serialize_boolean_to_writer(&mut out, answer)
                        .map_err(broken)?;
                }
                QueryResults::Solutions(solutions) => {
                    let writer = QueryResultsSerializer::from_format(format.rows().ok_or(no_rows)?);
                    let variables = solutions.variables().to_vec();
                    let mut writer = writer
                        .serialize_solutions_to_writer(&mut out, variables)
                        .map_err(broken)?;
                    for solution in solutions {
                        one_more()?;
                        let solution = solution.map_err(|error| stopped(error, budget))?;
                        writer.serialize(&solution).map_err(broken)?;
                    }
                    writer.finish().map_err(broken)?;
                }
                QueryResults::Graph(triples) => {
                    let mut writer = RdfSerializer::from_format(format.graph().ok_or(no_graph)?);
                    for (name, iri) in fieldmark_rdf::vocab::PREFIXES {
                        writer = writer
                            .with_prefix(*name, *iri)
                            .map_err(|error| SparqlError::Engine(error.to_string()))?;
                    }
                    let mut writer = writer.for_writer(&mut out);
                    for triple in triples {
                        one_more()?;
                        let triple = triple.map_err(|error| stopped(error, budget))?;
                        writer.serialize_triple(&triple).map_err(broken)?;
                    }
                    writer.finish().map_err(broken)?;
                }
            }
            out.end().map_err(broken)
        })
    }

    fn evaluate<T: Send>(
        &self,
        (asker, kind): (&Asker, Kind),
        store: &Store,
        prepared: &Prepared,
        cancel: CancelToken,
        take: impl FnOnce(QueryResults<'static>, &Budget) -> Result<T, SparqlError> + Send,
    ) -> Result<T, SparqlError> {
        self.work(asker, kind, || {
            let before = if self.measures {
                watch::resident()
            } else {
                None
            };
            let budget = Arc::new(Budget::new(self.limits.clone(), cancel, before));
            self.watch
                .begin(&budget)
                .map_err(|error| SparqlError::Engine(error.to_string()))?;
            let armoured = armour(prepared.query.clone());
            let mut query = armoured
                .equip(SparqlEvaluator::new(), &budget)
                .with_default_service_handler(Nowhere)
                .with_cancellation_token(budget.engine.clone())
                .for_query(armoured.query);
            // The private graph in which a view keeps its mark must be out of reach.
            let default = if prepared.elsewhere {
                Vec::new()
            } else {
                vec![GraphName::DefaultGraph]
            };
            query.dataset_mut().set_default_graph(default);
            query.dataset_mut().set_available_named_graphs(Vec::new());
            let results = match prepared.open {
                false => query.on_store(store).execute(),
                true => query
                    .on_queryable_dataset(Steps {
                        store: store.clone(),
                        budget: budget.clone(),
                    })
                    .execute(),
            };
            let results = results.map_err(|error| stopped(error, &budget))?;
            let answer = take(results, &budget);
            // The engine drops the rows of an EXISTS or a MINUS that were stopped, as if there
            // were none; an answer is only an answer when nothing was stopped until its end.
            budget.check().and(answer)
        })
    }
}

/// What the engine calls a failure, in our words.
fn stopped(error: QueryEvaluationError, budget: &Budget) -> SparqlError {
    match (budget.check(), error) {
        (Err(why), _) => why,
        (
            Ok(()),
            error @ (QueryEvaluationError::UnsupportedCustomFunction(_)
            | QueryEvaluationError::UnsupportedCustomFunctionArity { .. }),
        ) => SparqlError::Unsupported(error.to_string().trim_end_matches('.').to_owned()),
        (Ok(()), error) => SparqlError::Engine(error.to_string()),
    }
}

fn output(error: &io::Error, budget: &Budget) -> SparqlError {
    if error.kind() == io::ErrorKind::FileTooLarge {
        return SparqlError::OverBudget {
            what: "bytes of answer",
            limit: budget.limits.bytes,
        };
    }
    SparqlError::Output(error.to_string())
}

/// What a value takes in an answer that is held, in bytes.
fn size(term: &Option<Term>) -> u64 {
    let text = match term {
        Some(Term::NamedNode(node)) => node.as_str().len(),
        Some(Term::Literal(literal)) => literal.value().len(),
        Some(Term::BlankNode(node)) => node.as_str().len(),
        Some(Term::Triple(triple)) => triple.to_string().len(),
        None => 0,
    };
    (text + size_of::<Option<Term>>()) as u64
}

/// Keeps the beginning of an answer back, and fails when more is written than there is room for.
struct Held<W> {
    inner: W,
    first: Vec<u8>,
    through: bool,
    left: u64,
}

impl<W: Write> Held<W> {
    fn begin(&mut self) -> io::Result<()> {
        if !self.through {
            self.inner.write_all(&self.first)?;
            self.first = Vec::new();
            self.through = true;
        }
        Ok(())
    }

    /// The answer is whole.
    fn end(mut self) -> io::Result<()> {
        self.begin()?;
        self.inner.flush()
    }
}

impl<W: Write> Write for Held<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.left = self
            .left
            .checked_sub(bytes.len() as u64)
            .ok_or(io::ErrorKind::FileTooLarge)?;
        if !self.through && self.first.len() + bytes.len() <= FIRST {
            self.first.extend_from_slice(bytes);
            return Ok(bytes.len());
        }
        self.begin()?;
        self.inner.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        // The serialisers flush when they please; what is kept back stays back.
        if self.through {
            self.inner.flush()
        } else {
            Ok(())
        }
    }
}
