//! Running a prepared query in a view.

use super::budget::{Budget, CancelToken, Excess};
use super::guard;
use super::{Prepared, ResultFormat, Rows, SparqlError};
use crate::view::View;
use oxigraph::io::RdfSerializer;
use oxigraph::sparql::results::QueryResultsSerializer;
use oxigraph::sparql::{QueryEvaluationError, QueryResults, SparqlEvaluator};
use oxrdf::{GraphName, Literal, Term};
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// What a deep query gets. Only what is touched of it is ever real.
const STACK: usize = 256 << 20;

/// Runs `work`, on a stack of its own when it is deep.
pub(super) fn on_stack<T: Send>(deep: bool, work: impl FnOnce() -> T + Send) -> Result<T, SparqlError> {
    if !deep {
        return Ok(work());
    }
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .name("deep query".into())
            .stack_size(STACK)
            .spawn_scoped(scope, work)
            .map_err(|error| SparqlError::Engine(error.to_string()))?;
        thread.join().map_err(|_| SparqlError::Engine("the query could not be evaluated".into()))
    })
}

impl View {
    /// Measures, parses and judges a query. `base` is what relative IRIs are relative to; graphs
    /// named by the protocol are, like FROM, graphs that a view does not have.
    pub fn prepare(
        &self,
        text: &str,
        base: Option<&str>,
        default_graphs: &[String],
        named_graphs: &[String],
    ) -> Result<Prepared, SparqlError> {
        self.runner().prepare(text, base, default_graphs, named_graphs)
    }

    /// The whole answer to a SELECT, or to an ASK as one row `answer`. Rows past the limit are
    /// cut off, and the answer says so.
    pub fn select(&self, prepared: &Prepared) -> Result<Rows, SparqlError> {
        self.evaluate(prepared, CancelToken::new(), |results, budget| match results {
            QueryResults::Boolean(answer) => Ok(Rows {
                variables: vec!["answer".into()],
                rows: vec![vec![Some(Literal::from(answer).into())]],
                cut: None,
            }),
            QueryResults::Graph(_) => Err(SparqlError::Parse("a SELECT or ASK query is wanted here".into())),
            QueryResults::Solutions(solutions) => {
                let mut rows = Rows {
                    variables: solutions.variables().iter().map(|v| v.as_str().to_owned()).collect(),
                    ..Rows::default()
                };
                let mut bytes = 0;
                for solution in solutions {
                    budget.check()?;
                    let solution = solution.map_err(|error| stopped(error, budget))?;
                    if rows.rows.len() as u64 >= budget.limits.rows {
                        rows.cut = Some(format!("only the first {} rows are given", budget.limits.rows));
                        break;
                    }
                    bytes += solution.values().iter().flatten().map(size).sum::<u64>();
                    if bytes > budget.limits.bytes {
                        rows.cut = Some(format!("only the first {} bytes are given", budget.limits.bytes));
                        break;
                    }
                    rows.rows.push(solution.values().to_vec());
                }
                Ok(rows)
            }
        })
    }

    /// Writes the answer in a format that fits its form. Past a limit it fails, perhaps with part
    /// of the answer written: the caller must make that visible, never end as if it were whole.
    pub fn run(
        &self,
        prepared: &Prepared,
        format: ResultFormat,
        out: impl Write + Send,
        cancel: &CancelToken,
    ) -> Result<(), SparqlError> {
        let wrong = || SparqlError::Parse("the format does not fit this form of query".into());
        self.evaluate(prepared, cancel.clone(), |results, budget| {
            let out = Counted { inner: out, left: budget.limits.bytes };
            let broken = |error: io::Error| output(&error, budget);
            let mut count = 0;
            let mut one_more = || {
                budget.check()?;
                count += 1;
                if count > budget.limits.rows {
                    return Err(SparqlError::OverBudget { what: "rows", limit: budget.limits.rows });
                }
                Ok(())
            };
            match results {
                QueryResults::Boolean(answer) => {
                    let writer = QueryResultsSerializer::from_format(format.rows().ok_or_else(wrong)?);
                    let mut out = writer.serialize_boolean_to_writer(out, answer).map_err(broken)?;
                    out.flush().map_err(broken)
                }
                QueryResults::Solutions(solutions) => {
                    let writer = QueryResultsSerializer::from_format(format.rows().ok_or_else(wrong)?);
                    let variables = solutions.variables().to_vec();
                    let mut writer = writer.serialize_solutions_to_writer(out, variables).map_err(broken)?;
                    for solution in solutions {
                        one_more()?;
                        let solution = solution.map_err(|error| stopped(error, budget))?;
                        writer.serialize(&solution).map_err(broken)?;
                    }
                    writer.finish().and_then(|mut out| out.flush()).map_err(broken)
                }
                QueryResults::Graph(triples) => {
                    let mut writer = RdfSerializer::from_format(format.graph().ok_or_else(wrong)?);
                    for (name, iri) in fieldmark_rdf::vocab::PREFIXES {
                        writer = writer
                            .with_prefix(*name, *iri)
                            .map_err(|error| SparqlError::Engine(error.to_string()))?;
                    }
                    let mut writer = writer.for_writer(out);
                    for triple in triples {
                        one_more()?;
                        let triple = triple.map_err(|error| stopped(error, budget))?;
                        writer.serialize_triple(&triple).map_err(broken)?;
                    }
                    writer.finish().and_then(|mut out| out.flush()).map_err(broken)
                }
            }
        })
    }

    /// What one query may cost here.
    pub fn limits(&self) -> &super::Limits {
        &self.runner().limits
    }

    fn evaluate<T: Send>(
        &self,
        prepared: &Prepared,
        cancel: CancelToken,
        take: impl FnOnce(QueryResults<'static>, &Budget) -> Result<T, SparqlError> + Send,
    ) -> Result<T, SparqlError> {
        let runner = self.runner();
        let budget = Arc::new(Budget::new(runner.limits.clone(), cancel));
        runner.watch.begin(&budget);
        on_stack(prepared.deep, || {
            let work = || {
                let query = guard::armour(prepared.query.clone());
                let mut query = guard::functions(SparqlEvaluator::new(), &budget)
                    .without_default_http_service_handler()
                    .with_cancellation_token(budget.engine.clone())
                    .for_query(query);
                // The private graph in which a view keeps its mark must be out of reach.
                let default = if prepared.elsewhere { Vec::new() } else { vec![GraphName::DefaultGraph] };
                query.dataset_mut().set_default_graph(default);
                query.dataset_mut().set_available_named_graphs(Vec::new());
                let results =
                    query.on_store(self.engine()).execute().map_err(|error| stopped(error, &budget))?;
                take(results, &budget)
            };
            catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|payload| {
                Err(match payload.downcast::<Excess>() {
                    Ok(excess) => excess.0,
                    Err(_) => SparqlError::Engine("the query could not be evaluated".into()),
                })
            })
        })?
    }
}

/// What the engine calls a failure, in our words.
fn stopped(error: QueryEvaluationError, budget: &Budget) -> SparqlError {
    match budget.check() {
        Err(why) => why,
        Ok(()) => SparqlError::Engine(error.to_string()),
    }
}

fn output(error: &io::Error, budget: &Budget) -> SparqlError {
    if error.kind() == io::ErrorKind::FileTooLarge {
        return SparqlError::OverBudget { what: "bytes of answer", limit: budget.limits.bytes };
    }
    SparqlError::Output(error.to_string())
}

fn size(term: &Term) -> u64 {
    match term {
        Term::NamedNode(node) => node.as_str().len() as u64,
        Term::Literal(literal) => literal.value().len() as u64,
        _ => 16,
    }
}

/// Fails when more is written than there is room for.
struct Counted<W> {
    inner: W,
    left: u64,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = self.inner.write(bytes)?;
        self.left = self.left.checked_sub(taken as u64).ok_or(io::ErrorKind::FileTooLarge)?;
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
