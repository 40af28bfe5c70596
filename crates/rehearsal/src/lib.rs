//! The room `rehearsal`.
