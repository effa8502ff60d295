/** Begins the message of an error that is the author's mistake in how the module is made, found when it is loaded. @module */

/** Told apart by it from what the author's own code throws. */
export const MISTAKE = "actor: ";
