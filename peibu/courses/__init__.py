"""Online courses of our own: chapters and media, the player's sessions and progress, quizzes, questions to the teacher."""
