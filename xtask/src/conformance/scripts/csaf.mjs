// Says of each CSAF document (*.json) in a folder whether csaf-validator-lib takes it: a line `ok NAME`,
// or `no NAME: reasons`. Warnings are no refusal. Tests that ask the network or a dictionary are left
// out. With `--time` it goes through the documents below the folder many times, and says how many there
// are and the median of the milliseconds of CPU.
//
//   node csaf.mjs FOLDER_OF_NODE_MODULES FOLDER [--time]
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const [modules, folder, time] = process.argv.slice(2)
const ROUNDS = 15
const library = (file) =>
  import(pathToFileURL(join(modules, 'node_modules/@secvisogram/csaf-validator-lib', file)))
const outside = /_6_3_[678]$/

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
  2.1: await tests('csaf_2_1/', 'csaf_2_1_strict', 'recommendedTests.js'),
}
const verdict = (document) => validate(versions[document.document.csaf_version], document)

const read = (name) => [name, JSON.parse(readFileSync(join(folder, name), 'utf8'))]
const names = readdirSync(folder, { recursive: time !== undefined })
const documents = names.filter((name) => name.endsWith('.json')).sort().map(read)

if (time) await measure(documents.filter(([, document]) => document.document?.csaf_version))
else for (const [name, document] of documents) await judge(name, document)

async function judge(name, document) {
  const result = await verdict(document)
  const said = (test) =>
    test.errors.map((one) => `${test.name} ${one.instancePath} ${one.message}${shown(document, one)}`)
  const reasons = result.tests.flatMap(said)
  console.log(result.isValid ? `ok ${name}` : `no ${name}: ${reasons.join('; ')}`)
}

// The value that an error is about, if it is a plain word or some.
function shown(document, { instancePath }) {
  const value = instancePath.split('/').slice(1).reduce((inner, key) => inner?.[key], document)
  return typeof value === 'string' && /^[\w ]+$/.test(value) ? `: ${value}` : ''
}

async function measure(documents) {
  const rounds = []
  for (let round = 0; round < ROUNDS; round++) {
    const start = process.cpuUsage()
    for (const [, document] of documents) await verdict(document)
    const { user, system } = process.cpuUsage(start)
    rounds.push((user + system) / 1000)
  }
  rounds.sort((one, other) => one - other)
  console.log(documents.length, rounds[Math.floor(ROUNDS / 2)])
}
