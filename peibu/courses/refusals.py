"""What the database refuses in this room, told in sentences."""

SENTENCES = {
    "a_published_edition_stands": ("课程已发布，内容不能再改", "请先建立新版，在新版中修改后重新发布"),
    "a_course_title_is_used_once_by_a_unit": ("本单位已有同名课程", "请换一个名称，或在原课程上建立新版"),
    "one_draft_of_a_course": ("该课程已有一个草稿版", "请在现有草稿中修改"),
    "one_live_learning_session_per_person": ("您正在另一台设备上学习", "请稍候再点“开始学习”，另一台设备会停止"),
    "a_question_stands_once_in_a_quiz": ("同一题目在测验中出现了两次", "请取消重复的题目"),
    "one_open_attempt_at_a_quiz": ("本测验已经开始", "请刷新页面后继续作答"),
    "an_upload_runs_once": ("这个文件正在上传", "请稍候，或刷新页面后继续"),
    "a_submitted_quiz_never_changes": ("本次测验已交卷", "请查看成绩，或重新测验"),
}
