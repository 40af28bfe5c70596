//! The room `lineage`.
