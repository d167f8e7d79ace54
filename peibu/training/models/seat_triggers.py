"""The triggers that write `Seat` rows; apart from the model because `Session`, `Enrolment` and `Leave` carry them.

A trainee sits in the sessions of the own class, without those on leave, and in the sessions that make up for them.
"""

import pgtrigger

_INSERT = "INSERT INTO training_seat (session_id, enrolment_id, person_id, starts_at, ends_at) "


def _places(narrowed: str) -> str:
    """SQL that writes the seats of some sessions (`s`) and enrolments (`e`)."""
    return f"""
        {_INSERT}
        SELECT s.id, e.id, e.person_id, s.starts_at, s.ends_at
        FROM training_session s JOIN training_enrolment e ON e.cohort_id = s.cohort_id
        WHERE {narrowed} AND s.active AND e.state = 'active' AND NOT EXISTS (
            SELECT 1 FROM training_leave l
            WHERE l.session_id = s.id AND l.enrolment_id = e.id AND l.state = 'granted');
        {_INSERT}
        SELECT s.id, e.id, e.person_id, s.starts_at, s.ends_at
        FROM training_leave l JOIN training_session s ON s.id = l.make_up_id
        JOIN training_enrolment e ON e.id = l.enrolment_id
        WHERE {narrowed} AND s.active AND e.state = 'active' AND l.state = 'granted';
    """


SEATS_OF_SESSION = pgtrigger.Trigger(
    name="seats_follow_the_session",
    when=pgtrigger.After,
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("active", "starts_at", "ends_at"),
    func=f"""
        DELETE FROM training_seat WHERE session_id = NEW.id;
        {_places("s.id = NEW.id")}
        RETURN NULL;
    """,
)

SEATS_OF_ENROLMENT = pgtrigger.Trigger(
    name="seats_follow_the_enrolment",
    when=pgtrigger.After,
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("state"),
    func=f"""
        DELETE FROM training_seat WHERE enrolment_id = NEW.id;
        {_places("e.id = NEW.id")}
        RETURN NULL;
    """,
)

SEATS_OF_LEAVE = pgtrigger.Trigger(
    name="seats_follow_the_leave",
    when=pgtrigger.After,
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("state", "make_up_id"),
    func=f"""
        DELETE FROM training_seat WHERE enrolment_id = NEW.enrolment_id;
        {_places("e.id = NEW.enrolment_id")}
        RETURN NULL;
    """,
)

MAKE_UP_IS_AS_LONG = pgtrigger.Trigger(
    name="a_make_up_is_as_long",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update,
    func="""
        IF NEW.make_up_id IS NOT NULL AND EXISTS (
            SELECT 1 FROM training_session missed JOIN training_session made ON made.id = NEW.make_up_id
            WHERE missed.id = NEW.session_id AND made.class_hours < missed.class_hours) THEN
            RAISE EXCEPTION 'a_make_up_is_as_long' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'a_make_up_is_as_long';
        END IF;
        RETURN NEW;
    """,
)
