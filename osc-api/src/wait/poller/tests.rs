//! Who is read for, and when, without a reader.

use super::*;

const SECOND: Duration = Duration::from_secs(1);

/// Somebody who waits with this time between reads, from the beginning on.
fn sit(state: &mut State<u32>, id: &str, first: Duration, since: Instant) -> u64 {
    let number = state.number();
    let schedule = Schedule { first, longest: first };
    let seen = Arc::new(Notify::new());
    let seat = Seat { id: id.to_owned(), schedule, since, due: since, sighting: None, seen };
    state.seats.insert(number, seat);
    number
}

/// What somebody was told, once.
fn told(state: &mut State<u32>, number: u64) -> Option<u32> {
    state.seats.get_mut(&number)?.sighting.take()?.ok()?
}

#[test]
fn a_read_is_for_those_who_came_before_it() {
    let (mut state, now) = (State::new(), Instant::now());
    let early = sit(&mut state, "a", SECOND, now);
    assert_eq!(state.begin(now), ["a"]);
    // At the same time as the read, by the clock.
    let late = sit(&mut state, "a", SECOND, now);
    state.deliver(&["a".to_owned()], now, |_| Some(Ok(Some(1))));
    assert_eq!((told(&mut state, early), told(&mut state, late)), (Some(1), None));
    assert_eq!(state.begin(now), ["a"]);
    state.deliver(&["a".to_owned()], now, |_| Some(Ok(Some(2))));
    assert_eq!((told(&mut state, early), told(&mut state, late)), (Some(2), Some(2)));
}

#[test]
fn whoever_comes_is_not_read_for_at_once_but_soon() {
    let millis = Duration::from_millis;
    for (first, space) in [(60 * SECOND, SPACE), (millis(20), millis(20)), (Duration::ZERO, Duration::ZERO)] {
        let (mut state, now) = (State::new(), Instant::now());
        assert_eq!(state.next_read(), None);
        sit(&mut state, "a", first, now);
        assert_eq!(state.next_read(), Some(now));
        let ids = state.begin(now);
        state.deliver(&ids, now, |_| Some(Ok(None)));
        assert!(state.next_read() >= Some(now + first * 3 / 4));
        sit(&mut state, "b", 60 * SECOND, now);
        assert_eq!(state.next_read(), Some(now + space));
        sit(&mut state, "c", 60 * SECOND, now + SECOND);
        assert_eq!(state.next_read(), Some(now + space));
    }
}

#[test]
fn all_who_are_due_are_read_for_and_others_where_there_is_room() {
    let (mut state, now) = (State::new(), Instant::now());
    for number in 0..2 * MOST {
        let due = if number <= MOST / 2 { now } else { now + 9 * SECOND };
        sit(&mut state, &format!("{number:03}"), SECOND, due);
    }
    let ids = state.begin(now);
    assert_eq!(ids.len(), MOST);
    assert!(ids.is_sorted() && (0..=MOST / 2).all(|number| ids.contains(&format!("{number:03}"))));
    // One more than a request has room for: then there is a second one, which is filled too.
    let ids = state.begin(now + 9 * SECOND);
    assert_eq!(ids.len(), 2 * MOST);
    sit(&mut state, "200", SECOND, now);
    assert_eq!(state.begin(now + 9 * SECOND).len(), 2 * MOST + 1);
}
