// Takes the schemas of the two bodies that GitHub's REST description has for repository advisories out
// of its package: ghsa-create.json and ghsa-update.json.
//
//   node github.mjs FOLDER_OF_NODE_MODULES FOLDER
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const [modules, folder] = process.argv.slice(2)
const file = join(modules, 'node_modules/@octokit/openapi/generated/api.github.com.deref.json')
const { paths } = JSON.parse(readFileSync(file, 'utf8'))
const all = paths['/repos/{owner}/{repo}/security-advisories']
const one = paths['/repos/{owner}/{repo}/security-advisories/{ghsa_id}']
const schema = (operation) => plain(operation.requestBody.content['application/json'].schema)

// OpenAPI 3.0 has a word of its own for what may be null; JSON Schema does not know it.
function plain(value) {
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(plain)
  const { nullable, ...rest } = value
  const inner = Object.fromEntries(Object.entries(rest).map(([name, of]) => [name, plain(of)]))
  return nullable === true ? { anyOf: [{ type: 'null' }, inner] } : inner
}

writeFileSync(join(folder, 'ghsa-create.json'), JSON.stringify(schema(all.post)))
writeFileSync(join(folder, 'ghsa-update.json'), JSON.stringify(schema(one.patch)))
