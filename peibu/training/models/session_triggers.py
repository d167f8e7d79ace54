"""What has been taught stays as it was: once somebody signed in, or the sign-in was opened, the session is history."""

import pgtrigger

_TOLD = (
    "cohort_id",
    "kind",
    "subject",
    "starts_at",
    "ends_at",
    "class_hours",
    "place",
    "room_id",
    "base_id",
    "teacher_id",
)
_SAME = " AND ".join(f"NEW.{name} IS NOT DISTINCT FROM OLD.{name}" for name in _TOLD)

TAUGHT_STAYS = pgtrigger.Trigger(
    name="a_taught_session_never_changes",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    func=f"""
        IF {_SAME} THEN
            RETURN NEW;
        END IF;
        IF EXISTS (SELECT 1 FROM training_checkin c WHERE c.session_id = OLD.id)
           OR EXISTS (SELECT 1 FROM training_attendance a WHERE a.session_id = OLD.id) THEN
            RAISE EXCEPTION 'a_taught_session_never_changes' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'a_taught_session_never_changes';
        END IF;
        RETURN NEW;
    """,
)
