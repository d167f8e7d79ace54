"""What an online test asks of the score sheet of its exam: proxies, so that the room below does not know this one."""

import pgtrigger

from peibu.training.models import Exam, Score

# Between the end and the counting nobody types a score, and never one for somebody who sat online.
MACHINE_MARKS = pgtrigger.Trigger(
    name="the_machine_marks_an_online_test",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update,
    func="""
        IF NEW.origin <> 'online' AND (
            EXISTS (SELECT 1 FROM examining_onlinetest t WHERE t.exam_id = NEW.exam_id AND t.counted_at IS NULL)
            OR EXISTS (SELECT 1 FROM examining_sitting s
                       WHERE s.exam_id = NEW.exam_id AND s.enrolment_id = NEW.enrolment_id)) THEN
            RAISE EXCEPTION 'the_machine_marks_an_online_test' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'the_machine_marks_an_online_test';
        END IF;
        RETURN NEW;
    """,
)

# A sheet is sealed only when every sitting stands in it with the points it was counted with.
SHEET_AGREES = pgtrigger.Trigger(
    name="a_sealed_sheet_agrees_with_the_sittings",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    func="""
        IF OLD.sealed_at IS NULL AND NEW.sealed_at IS NOT NULL AND EXISTS (
            SELECT 1 FROM examining_sitting s JOIN training_enrolment e ON e.id = s.enrolment_id
            LEFT JOIN training_score c ON c.exam_id = s.exam_id AND c.enrolment_id = s.enrolment_id
            WHERE s.exam_id = NEW.id AND e.state = 'active'
              AND (s.submitted_at IS NULL OR c.id IS NULL OR c.points IS DISTINCT FROM s.points)) THEN
            RAISE EXCEPTION 'a_sealed_sheet_agrees_with_the_sittings' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'a_sealed_sheet_agrees_with_the_sittings';
        END IF;
        RETURN NEW;
    """,
)


class OnlineScore(Score):
    """A score as an online test sees it."""

    class Meta:
        proxy = True
        triggers = [MACHINE_MARKS]


class OnlineExam(Exam):
    """An exam as an online test sees it."""

    class Meta:
        proxy = True
        triggers = [SHEET_AGREES]
