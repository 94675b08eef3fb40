/** The floor of numbers as bytes, contents. */
export {}
