"""Written papers scanned, the class archived (QD97.6.2)."""

from peibu.demo.loader.classes import ClassStory
from peibu.oversight.actions.archive import archive_class, keep_exam_paper
from peibu.papers.plain_papers import Part, plain_pdf


def archive(story: ClassStory) -> None:
    """Scan the papers once the scores are sealed; archive when the class has come that far."""
    sealed = story.reached("scored")
    if sealed is None or story.cohort is None:
        return
    day = story.plan.exam.on
    parts = [Part(heading="封面", paragraphs=[story.cohort.name, "结业考核试卷扫描件（演示）"])]
    scan = plain_pdf(title="结业考核试卷", parts=parts, dated=day)
    keep_exam_paper(cohort=story.cohort, name="考核试卷扫描件.pdf", content=scan, by=story.by, at=sealed)
    archived = story.reached("archived")
    if archived:
        archive_class(cohort=story.cohort, by=story.by, at=archived)
