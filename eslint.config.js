// @ts-check
/** The house's laws as far as a linter can see them: strict and type-aware, and at peace with numeric code. */
import js from '@eslint/js'
import { defineConfig, globalIgnores } from 'eslint/config'
import tseslint from 'typescript-eslint'

const inheritance = {
  selector: ':matches(ClassDeclaration, ClassExpression)[superClass]:not([id.name="Parameter"])',
  message: 'No inheritance but `Parameter extends Tensor`: compose functions instead.',
}

export default defineConfig(
  globalIgnores(['dist/', 'coverage/', 'docs/api/', '.cache/', '**/*.generated.ts', 'src/kernels/wasm/assembly/']),
  {
    files: ['**/*.{ts,js,mjs}'],
    extends: [js.configs.recommended, tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    linterOptions: { reportUnusedDisableDirectives: 'error', reportUnusedInlineConfigs: 'error' },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // Modules and types.
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true, named: true, defaultFrom: true } }],
      'no-restricted-syntax': ['error', inheritance],
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/prefer-readonly': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],

      // Plain sense.
      eqeqeq: 'error',
      'no-console': 'error',
      'no-else-return': 'error',
      'no-undef': 'off', // The compiler knows better.
      'object-shorthand': 'error',
      'prefer-template': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', destructuredArrayIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],

      // Off, each for a reason.
      '@typescript-eslint/consistent-indexed-object-style': 'off', // A mapped type names its key, which is the point.
      '@typescript-eslint/no-generated-empty-object-type': 'off', // An op without attributes has Record<never, never>.
      '@typescript-eslint/no-non-null-assertion': 'off', // A shape that was just checked proves the element is there.
      '@typescript-eslint/no-unnecessary-condition': 'off', // Wrong wherever indexed access is unchecked.
      '@typescript-eslint/prefer-for-of': 'off', // Kernels walk several arrays with one counter.
      '@typescript-eslint/require-await': 'off', // Reads are async because GPUs are, even where memory is at hand.
    },
  },
  { files: ['**/*.config.{ts,js}'], rules: { 'no-restricted-exports': 'off' } },
  {
    files: ['{scripts,bench,examples,cli}/**', 'test/**/report.ts', 'test/wide/*.process.ts'],
    rules: { 'no-console': 'off' },
  },
  { files: ['test/**'], rules: { '@typescript-eslint/no-empty-function': 'off' } },
)
