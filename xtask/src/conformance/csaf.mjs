// Says of each CSAF document in a folder whether csaf-validator-lib takes it: a line `ok NAME`, or
// `no NAME: reasons`. Warnings are no refusal. Tests that ask the network or a dictionary are left out.
//
//   node csaf.mjs FOLDER_OF_NODE_MODULES FOLDER
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const [modules, folder] = process.argv.slice(2)
const library = (file) =>
  import(pathToFileURL(join(modules, 'node_modules/@secvisogram/csaf-validator-lib', file)))
const outside = /_6_3_(6|7|8|12)$/

async function tests(prefix, schema, optional) {
  const files = ['mandatoryTests.js', optional, 'informativeTests.js']
  const groups = await Promise.all(files.map((file) => library(prefix + file)))
  const rules = groups.flatMap((group) => Object.values(group))
  const schemas = await library(prefix + 'schemaTests.js')
  return [schemas[schema], ...rules].filter((test) => test && !outside.test(test.name))
}

const { default: validate } = await library('validate.js')
const versions = {
  '2.0': await tests('', 'csaf_2_0_strict', 'optionalTests.js'),
  2.1: await tests('csaf_2_1/', 'csaf_2_1', 'recommendedTests.js'),
}

for (const name of readdirSync(folder).sort()) {
  const document = JSON.parse(readFileSync(join(folder, name), 'utf8'))
  const result = await validate(versions[document.document.csaf_version], document)
  const said = (test) => test.errors.map((one) => `${test.name} ${one.instancePath} ${one.message}`)
  const reasons = result.tests.flatMap(said)
  console.log(result.isValid ? `ok ${name}` : `no ${name}: ${reasons.join('; ')}`)
}
