//! What is read when, without a task.

use super::*;

const SECOND: Duration = Duration::from_secs(1);

/// Adds a subscriber with this poll interval.
fn subscribe(state: &mut PollerState<u32>, id: &str, first: Duration, since: Instant) -> u64 {
    let number = state.number();
    let schedule = Schedule { first, longest: first };
    let observed = Arc::new(Notify::new());
    let subscriber =
        Subscriber { id: id.to_owned(), schedule, since, due: since, observation: None, observed };
    state.subscribers.insert(number, subscriber);
    number
}

/// Takes what was delivered to a subscriber.
fn take(state: &mut PollerState<u32>, number: u64) -> Option<u32> {
    state.subscribers.get_mut(&number)?.observation.take()?.ok()?
}

#[test]
fn a_read_is_delivered_only_to_earlier_subscribers() {
    let (mut state, now) = (PollerState::new(), Instant::now());
    let early = subscribe(&mut state, "a", SECOND, now);
    assert_eq!(state.begin(now), ["a"]);
    // Subscribed at the same instant as the read.
    let late = subscribe(&mut state, "a", SECOND, now);
    state.deliver(&["a".to_owned()], now, |_| Some(Ok(Some(1))));
    assert_eq!((take(&mut state, early), take(&mut state, late)), (Some(1), None));
    assert_eq!(state.begin(now), ["a"]);
    state.deliver(&["a".to_owned()], now, |_| Some(Ok(Some(2))));
    assert_eq!((take(&mut state, early), take(&mut state, late)), (Some(2), Some(2)));
}

#[test]
fn a_new_subscriber_is_read_for_after_the_minimum_interval() {
    let millis = Duration::from_millis;
    for (first, min_interval) in
        [(60 * SECOND, MIN_READ_INTERVAL), (millis(20), millis(20)), (Duration::ZERO, Duration::ZERO)]
    {
        let (mut state, now) = (PollerState::new(), Instant::now());
        assert_eq!(state.next_read(), None);
        subscribe(&mut state, "a", first, now);
        assert_eq!(state.next_read(), Some(now));
        let ids = state.begin(now);
        state.deliver(&ids, now, |_| Some(Ok(None)));
        assert!(state.next_read() >= Some(now + first * 3 / 4));
        subscribe(&mut state, "b", 60 * SECOND, now);
        assert_eq!(state.next_read(), Some(now + min_interval));
        subscribe(&mut state, "c", 60 * SECOND, now + SECOND);
        assert_eq!(state.next_read(), Some(now + min_interval));
    }
}

#[test]
fn due_resources_are_read_and_others_fill_the_request() {
    let (mut state, now) = (PollerState::new(), Instant::now());
    for number in 0..2 * MAX_IDS_PER_REQUEST {
        let due = if number <= MAX_IDS_PER_REQUEST / 2 { now } else { now + 9 * SECOND };
        subscribe(&mut state, &format!("{number:03}"), SECOND, due);
    }
    let ids = state.begin(now);
    assert_eq!(ids.len(), MAX_IDS_PER_REQUEST);
    assert!(
        ids.is_sorted() && (0..=MAX_IDS_PER_REQUEST / 2).all(|number| ids.contains(&format!("{number:03}")))
    );
    // One more than the limit of a request: the second request is filled, too.
    let ids = state.begin(now + 9 * SECOND);
    assert_eq!(ids.len(), 2 * MAX_IDS_PER_REQUEST);
    subscribe(&mut state, "200", SECOND, now);
    assert_eq!(state.begin(now + 9 * SECOND).len(), 2 * MAX_IDS_PER_REQUEST + 1);
}
