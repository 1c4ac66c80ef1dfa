//! Import is tested through `Base`.
