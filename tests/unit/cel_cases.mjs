// The plain conformance cases of CEL, one JSON object a line, for cel_conformance.
//
//   node tests/unit/cel_cases.mjs [node_modules folder] > cases.jsonl
//
// Source: npm package @bufbuild/cel-spec 0.6.1 (Apache-2.0), which carries the upstream suite. A case is *plain* when it
// names no message type, wrapper, google.protobuf.*, cel.expr.*, enum or proto2/proto3 container: Jishi has no protobuf.
// It is a rule over what a case says, not a list of names, so a newer package needs no change here.
import { pathToFileURL } from 'node:url'
import { join, resolve } from 'node:path'

const modules = process.argv[2] ?? join(import.meta.dirname, '../../web/node_modules')
const file = join(resolve(modules), '@bufbuild/cel-spec/dist/esm/testdata/conformance.js')
const { tests } = await import(pathToFileURL(file).href)

const notPlain = new RegExp(
  [
    'google\\.protobuf',
    'cel\\.expr',
    'TestAllTypes',
    'GlobalEnum',
    '\\b(?:Int32|Int64|UInt32|UInt64|Float|Double|Bool|String|Bytes)Value\\b',
    'proto[23]',
    'objectValue',
    'enumValue',
    'messageType',
    'wellKnown',
    'wrapper',
  ].join('|'),
)

const plainNames = { INT64: 'int', UINT64: 'uint', DOUBLE: 'double', BOOL: 'bool', STRING: 'string', BYTES: 'bytes' }

/** A declared type as cel_type_print writes it. */
function typeName(t) {
  if (t.primitive) return plainNames[t.primitive]
  if ('null' in t) return 'null'
  if (t.dyn) return 'dyn'
  if (t.typeParam) return t.typeParam
  if (t.listType) return `list(${typeName(t.listType.elemType)})`
  if (t.mapType) return `map(${typeName(t.mapType.keyType)}, ${typeName(t.mapType.valueType)})`
  if (t.abstractType) {
    const name = t.abstractType.name === 'optional_type' ? 'optional' : t.abstractType.name
    const of = (t.abstractType.parameterTypes ?? []).map(typeName)
    return of.length ? `${name}(${of.join(', ')})` : name
  }
  throw new Error(`no name for the type ${JSON.stringify(t)}`)
}

function declarations(list) {
  const variables = {}
  const functions = {}
  for (const d of list ?? []) {
    if (d.ident) variables[d.name] = typeName(d.ident.type)
    if (d.function)
      functions[d.name] = d.function.overloads
        .map((o) => `(${(o.params ?? []).map(typeName).join(', ')}): ${typeName(o.resultType)}`)
        .join('; ')
  }
  return { variables, functions }
}

function line(section, original) {
  const { name, bindings, container, disableCheck, checkOnly, typedResult } = original
  // Our JSON refuses a NUL: an expression writes it as an escape, a value as base64.
  const expr = original.expr.replaceAll('\0', '\\x00')
  const out = { section, name, expr, ...declarations(original.typeEnv) }
  if (bindings) out.bindings = Object.fromEntries(Object.entries(bindings).map(([k, v]) => [k, v.value]))
  if (container) out.container = container
  if (original.disableMacros) out.disableMacros = true
  if (disableCheck) out.disableCheck = true
  if (checkOnly) out.checkOnly = true
  if (typedResult?.deducedType) out.type = typeName(typedResult.deducedType)
  if (original.evalError) out.error = true
  else if (!checkOnly) out.want = original.value ?? typedResult?.result ?? { boolValue: true }
  return JSON.stringify(out, (_, v) =>
    v?.stringValue?.includes('\0') ? { stringBase64: Buffer.from(v.stringValue).toString('base64') } : v,
  )
}

function walk(suite, path) {
  for (const s of suite.suites ?? []) walk(s, [...path, s.name])
  for (const { original } of suite.tests ?? []) {
    const { description, ...said } = original
    if (!notPlain.test(JSON.stringify(said))) console.log(line(path.join('/'), original))
  }
}
for (const s of tests.suites) walk(s, [s.name])
