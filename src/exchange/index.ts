/** The top floor but one, contents: models in the formats of other libraries. Each has an entry of its own. */
export {}
