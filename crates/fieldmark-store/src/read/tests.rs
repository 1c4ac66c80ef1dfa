//! Reads of the seed case are tested where the seed is imported; here stand the small rules.
