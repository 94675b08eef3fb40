/** The version of plegrad that a file names as its producer. A test compares it with the package's. */
export const VERSION = '0.1.0'
