/* A library that is none of ours. */
int foreign_answer(void) { return 42; }
