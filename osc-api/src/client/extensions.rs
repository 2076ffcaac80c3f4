//! Shared state that other modules keep at a client, by type: the client does not know them.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// One value per type, created on first use.
#[derive(Default)]
pub(super) struct Extensions(Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>);

impl Extensions {
    pub(super) fn get<T: Any + Send + Sync + Default>(&self) -> Arc<T> {
        let mut values = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = values.get(&TypeId::of::<T>()).map(Arc::clone);
        if let Some(Ok(value)) = known.map(Arc::downcast) {
            return value;
        }
        let value = Arc::new(T::default());
        values.insert(TypeId::of::<T>(), Arc::clone(&value) as _);
        value
    }
}
