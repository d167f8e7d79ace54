"""The triggers that write `Seat` rows; apart from the model because `Session` and `Enrolment` carry them."""

import pgtrigger

_INSERT = "INSERT INTO training_seat (session_id, enrolment_id, person_id, starts_at, ends_at) "

SEATS_OF_SESSION = pgtrigger.Trigger(
    name="seats_follow_the_session",
    when=pgtrigger.After,
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("active", "starts_at", "ends_at"),
    func=f"""
        DELETE FROM training_seat WHERE session_id = NEW.id;
        IF NEW.active THEN
            {_INSERT}
            SELECT NEW.id, e.id, e.person_id, NEW.starts_at, NEW.ends_at FROM training_enrolment e
            WHERE e.cohort_id = NEW.cohort_id AND e.state = 'active';
        END IF;
        RETURN NULL;
    """,
)

SEATS_OF_ENROLMENT = pgtrigger.Trigger(
    name="seats_follow_the_enrolment",
    when=pgtrigger.After,
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("state"),
    func=f"""
        DELETE FROM training_seat WHERE enrolment_id = NEW.id;
        IF NEW.state = 'active' THEN
            {_INSERT}
            SELECT s.id, NEW.id, NEW.person_id, s.starts_at, s.ends_at FROM training_session s
            WHERE s.cohort_id = NEW.cohort_id AND s.active;
        END IF;
        RETURN NULL;
    """,
)
