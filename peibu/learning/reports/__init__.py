"""The simple intake: what a platform that speaks no xAPI reports, in the shape of supervision interfaces already in use
(classes, class hours, exams, questions, photos), turned into statements of the same store."""
