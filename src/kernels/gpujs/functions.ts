/**
 * Functions that kernels call by name: what shading languages lack, or have with fewer digits than the CPU, or only for
 * some arguments. They are written in what GPU.js translates, and refuse to know which mode they run in.
 */

/** exp(x), and NaN of NaN, of which shading languages may make anything. */
const EXPONENTIAL = `function exponential(x) {
  return x == x ? Math.exp(x) : x;
}`

/** max(a, b), and NaN where either is: shading languages may take the other. */
const LARGER = `function larger(a, b) {
  return a > b ? a : (a <= b ? b : a + b);
}`

const SMALLER = `function smaller(a, b) {
  return a < b ? a : (a >= b ? b : a + b);
}`

/** exp(x) − 1: near 0 by its series, where the difference would have no digits left. */
const EXPONENTIAL_LESS_ONE = `function exponentialLessOne(x) {
  if (Math.abs(x) < 0.5) {
    return x * (1 + x / 2 * (1 + x / 3 * (1 + x / 4 * (1 + x / 5 * (1 + x / 6 * (1 + x / 7 * (1 + x / 8 * (1 + x / 9))))))));
  }
  return exponential(x) - 1;
}`

/** log(1 + x) = 2·artanh(x / (2 + x)): near 0 by its series in odd powers, where 1 + x would lose the digits of x. */
const LOG_OF_ONE_MORE = `function logOfOneMore(x) {
  if (Math.abs(x) < 0.5) {
    const s = x / (2 + x);
    const q = s * s;
    return 2 * s * (1 + q * (1 / 3 + q * (1 / 5 + q * (1 / 7 + q * (1 / 9 + q * (1 / 11 + q * (1 / 13 + q / 15)))))));
  }
  return logarithm(1 + x);
}`

/** log(x), and −∞ of 0, and NaN below 0 and of NaN, where shading languages may answer anything. */
const LOGARITHM = `function logarithm(x) {
  return x > 0 ? Math.log(x) : (x == 0 ? -1 / Math.abs(x) : (x - x) / (x - x));
}`

/** tanh(x) = −e / (2 + e) with e = exp(−2|x|) − 1, which cannot overflow. */
const HYPERBOLIC_TANGENT = `function hyperbolicTangent(x) {
  const e = exponentialLessOne(-2 * Math.abs(x));
  const t = -e / (2 + e);
  return x < 0 ? -t : t;
}`

/** 1 / (1 + exp(−x)), for either sign by an exponential that cannot overflow. */
const LOGISTIC = `function logistic(x) {
  const e = exponential(-Math.abs(x));
  return (x < 0 ? e : 1) / (1 + e);
}`

/**
 * sin(x) for `quarter` 0 and cos(x) for 1, because those of shaders may be off in the fourth digit: x less its multiple
 * of π/2, which is taken off in three parts so that little of it rounds, and then the power series of the quarter that
 * is left.
 */
const CIRCULAR = `function circular(x, quarter) {
  const quarters = Math.floor(x / 1.5707963267948966 + 0.5);
  const r = x - quarters * 1.5703125 - quarters * 0.0004837512969970703 - quarters * 7.549789954891882e-8;
  const q = r * r;
  const turned = quarters + quarter;
  const place = turned - 4 * Math.floor((turned + 0.5) / 4);
  const sine = r * (1 - q / 6 * (1 - q / 20 * (1 - q / 42 * (1 - q / 72))));
  const cosine = 1 - q / 2 * (1 - q / 12 * (1 - q / 30 * (1 - q / 56 * (1 - q / 90))));
  const value = place == 0 || place == 2 ? sine : cosine;
  return place >= 2 ? -value : value;
}`

/** x^y for negative x too, which shading languages leave undefined: NaN, but for whole y, and |x|^y of what is infinite. */
const POWER = `function power(x, y) {
  if (y == 0) {
    return 1;
  }
  if (y == 1) {
    return x;
  }
  if (y == 2) {
    return x * x;
  }
  if (x > 0) {
    return Math.pow(x, y);
  }
  if (x == 0) {
    const odd = y == Math.floor(y) && y / 2 != Math.floor(y / 2);
    return y > 0 ? 0 : (odd ? 1 / x : 1 / Math.abs(x));
  }
  if (x < 0 && y == Math.floor(y)) {
    const size = Math.pow(-x, y);
    const half = y / 2;
    return half == Math.floor(half) ? size : -size;
  }
  if (x < -3.4028234e38) {
    return Math.pow(-x, y);
  }
  return (x - x) / (x - x);
}`

/**
 * erf(x) = 2/√π·∫₀ˣ exp(−t²) dt by its power series below 2 and its continued fraction above (Abramowitz and Stegun,
 * 7.1.6 and 7.1.14).
 */
const ERROR_FUNCTION = `function errorFunction(x) {
  const z = Math.abs(x);
  const square = z * z;
  if (z > 4) {
    return x < 0 ? -1 : 1;
  }
  if (z < 2) {
    let term = z;
    let sum = z;
    for (let k = 1; k < 24; k++) {
      term = term * square / (k + 0.5);
      sum += term;
    }
    const small = 1.1283791670955126 * Math.exp(-square) * sum;
    return x < 0 ? -small : small;
  }
  let fraction = z;
  for (let k = 0; k < 24; k++) {
    fraction = z + (24 - k) / 2 / fraction;
  }
  const large = 1 - 0.5641895835477563 * Math.exp(-square) / fraction;
  return x < 0 ? -large : large;
}`

/** By name. A function that calls another one stands after it. */
export const FUNCTIONS: Readonly<Record<string, string>> = {
  exponential: EXPONENTIAL,
  larger: LARGER,
  smaller: SMALLER,
  exponentialLessOne: EXPONENTIAL_LESS_ONE,
  logarithm: LOGARITHM,
  logOfOneMore: LOG_OF_ONE_MORE,
  hyperbolicTangent: HYPERBOLIC_TANGENT,
  logistic: LOGISTIC,
  circular: CIRCULAR,
  power: POWER,
  errorFunction: ERROR_FUNCTION,
}

/** The sources of all that a kernel calls, and what these call. */
export function functionsOf(source: string): readonly string[] {
  const called = Object.keys(FUNCTIONS).filter((name) => source.includes(` ${name}(`) || source.includes(`(${name}(`))
  return [...new Set(called.flatMap((name) => [...functionsOf(bodyOf(name)), FUNCTIONS[name]]))]
}

const bodyOf = (name: string): string => FUNCTIONS[name].slice(FUNCTIONS[name].indexOf('{'))
