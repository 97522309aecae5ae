//! Tests that measure time have the machine to themselves.

use std::{
    cell::Cell,
    marker::PhantomData,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
};

/// Who uses the machine.
struct Users {
    /// The turns that share it.
    sharing: usize,
    /// Whether a test has it alone.
    alone: bool,
    /// The tests that wait to have it alone.
    waiting: usize,
}

static USERS: Mutex<Users> = Mutex::new(Users { sharing: 0, alone: false, waiting: 0 });
static CHANGED: Condvar = Condvar::new();

thread_local! {
    /// The turns of this thread. A thread that has one never waits for another one, or two threads could wait for each other.
    static TURNS: Cell<usize> = const { Cell::new(0) };
}

/// A turn on the machine. It stays in the thread that took it.
pub(crate) struct Turn {
    is_alone: bool,
    stays: PhantomData<MutexGuard<'static, ()>>,
}

/// Taken by everything that starts processes, for as long as they run. Waits while a test has the machine alone, or waits for that.
pub(crate) fn shared() -> Turn {
    let mut users = users();
    if TURNS.get() == 0 {
        users = wait_while(users, |users| users.alone || users.waiting > 0);
    }
    users.sharing += 1;
    Turn::new(false)
}

/// Taken by a test that measures time, before it starts anything. Waits until nobody uses the machine.
pub(crate) fn alone() -> Turn {
    assert_eq!(TURNS.get(), 0, "a thread that shares the machine cannot have it alone");
    let mut users = users();
    users.waiting += 1;
    users = wait_while(users, |users| users.alone || users.sharing > 0);
    users.waiting -= 1;
    users.alone = true;
    Turn::new(true)
}

impl Turn {
    fn new(is_alone: bool) -> Self {
        TURNS.set(TURNS.get() + 1);
        Self { is_alone, stays: PhantomData }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        TURNS.set(TURNS.get() - 1);
        let mut users = users();
        if self.is_alone {
            users.alone = false;
        } else {
            users.sharing -= 1;
        }
        drop(users);
        CHANGED.notify_all();
    }
}

fn users() -> MutexGuard<'static, Users> {
    USERS.lock().unwrap_or_else(PoisonError::into_inner)
}

fn wait_while(
    users: MutexGuard<'static, Users>,
    condition: impl FnMut(&mut Users) -> bool,
) -> MutexGuard<'static, Users> {
    CHANGED.wait_while(users, condition).unwrap_or_else(PoisonError::into_inner)
}
