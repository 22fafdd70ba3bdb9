// What the crash tests share: gardens, and officers who go on recording in them.
import assert from 'node:assert/strict'
import { today, uuid, village } from '../api/kit.mjs'

export async function makeGardens(client, count) {
  const gardens = []
  for (let i = 0; i < count; i++) {
    gardens.push(uuid())
    const r = await client.raw('PUT', `/api/v1/subjects/garden/${gardens[i]}`, {
      area: village,
      fields: { code: `K${i}`, owner: '某' },
    })
    assert.equal(r.status, 201)
  }
  return gardens
}

const visit = (garden) => ({ subject: garden, on: today(), fields: { ill: Math.floor(Math.random() * 8) } })

// Sends events until the server dies; remembers those that were answered.
export async function load(client, garden, answered, stop) {
  while (!stop.now) {
    const id = uuid()
    try {
      const r = await client.raw('PUT', `/api/v1/events/check/${id}`, visit(garden))
      if (r.status === 201) answered.set(id, r.json.seq)
    } catch {
      return
    }
  }
}

// The same while the server lives and its database does not: what was not answered is sent again, as it was, until it is.
export async function insist(client, garden, told, stop) {
  while (!stop.now) {
    const id = uuid()
    const body = visit(garden)
    for (let first = true; ; first = false) {
      const r = await client.raw('PUT', `/api/v1/events/check/${id}`, body)
      if (r.status === 200 || r.status === 201) {
        told.answered.set(id, r.json.seq)
        if (!first) told.again++
        break
      }
      assert.equal(r.status, 503, JSON.stringify(r.json))
      await new Promise((done) => setTimeout(done, 5))
    }
  }
}

// Where each entry stands; none stands twice.
export async function journalIds(client) {
  const ids = new Map()
  for (let after = 0; after !== null;) {
    const r = await client.raw('GET', `/api/v1/journal?after=${after}&limit=500`)
    for (const e of r.json.items) {
      assert.ok(!ids.has(e.id), `${e.id} stands twice`)
      ids.set(e.id, e.seq)
    }
    after = r.json.next
  }
  return ids
}
