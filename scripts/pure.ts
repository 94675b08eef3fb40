/**
 * Marks what makes the constants of modules (`op(…)` above all) as pure, and nothing else: without the mark a bundler must keep
 * every op that a program never uses, and by the name of what is called it would drop kernels that run.
 */
import ts from 'typescript'

const pure = (call: ts.CallExpression): ts.CallExpression =>
  ts.addSyntheticLeadingComment(call, ts.SyntaxKind.MultiLineCommentTrivia, ' @__PURE__ ')

/** Whether a literal or a call spreads what it has into itself. */
const spreads = (node: ts.Node): boolean =>
  ts.isObjectLiteralExpression(node)
    ? node.properties.some(ts.isSpreadAssignment)
    : (ts.isArrayLiteralExpression(node) ? node.elements : ts.isCallExpression(node) ? node.arguments : []).some(
        ts.isSpreadElement,
      )

/** `(() => node)()`: for bundlers a spread may call a getter or an iterator, and no mark fits it but that of a call. */
const called = ({ factory }: ts.TransformationContext, node: ts.Expression): ts.CallExpression => {
  const body = factory.createParenthesizedExpression(node)
  const arrow = factory.createArrowFunction(undefined, undefined, [], undefined, undefined, body)
  return factory.createCallExpression(factory.createParenthesizedExpression(arrow), undefined, [])
}

/** Calls and spreads outside of functions, in the initializers of a module's own constants. */
export const markPureCalls: ts.TransformerFactory<ts.SourceFile> = (context) => (file) => {
  const mark = (node: ts.Node): ts.Node => {
    if (ts.isFunctionLike(node)) return node
    const visited = ts.visitEachChild(node, mark, context)
    const marked = ts.isCallExpression(visited) ? pure(visited) : visited
    return spreads(visited) ? pure(called(context, marked as ts.Expression)) : marked
  }
  return ts.visitEachChild(file, (node) => (ts.isVariableStatement(node) ? mark(node) : node), context)
}
