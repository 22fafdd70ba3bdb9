import { cornersOf, isZone, polygonsOf, shapeInFile, shapeOf, type Corner } from '@common/zones'
import { describe, expect, it } from 'vitest'

const triangle: Corner[] = [
  [116.6, 35.4],
  [116.7, 35.4],
  [116.7, 35.5],
]
const shape = shapeOf(triangle)

describe('zones', () => {
  it('have codes of their own', () => {
    expect([isZone('370871001901'), isZone('370871001001'), isZone('370871')]).toEqual([true, false, false])
  })
  it('are closed, and opened again to be drawn on', () => {
    expect(polygonsOf(shape)[0]![0]).toHaveLength(4)
    expect(cornersOf(shape)).toEqual(triangle)
    expect([shapeOf(triangle.slice(1)), cornersOf('')]).toEqual(['', []])
  })
  it('with parts or holes are not drawn on', () => {
    const ring = [...triangle, triangle[0]]
    expect(cornersOf(JSON.stringify({ type: 'Polygon', coordinates: [ring, ring] }))).toBeNull()
    expect(cornersOf(JSON.stringify({ type: 'MultiPolygon', coordinates: [[ring], [ring]] }))).toBeNull()
  })
  it('are found in files', () => {
    const feature = { type: 'Feature', properties: {}, geometry: JSON.parse(shape) }
    expect(shapeInFile(JSON.stringify(feature))).toBe(shape)
    expect(shapeInFile(JSON.stringify({ type: 'FeatureCollection', features: [feature] }))).toBe(shape)
    for (const bad of ['', '{}', '{"type":"Point","coordinates":[1,2]}']) expect(shapeInFile(bad)).toBe('')
  })
})
