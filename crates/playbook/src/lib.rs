//! The room `playbook`.
