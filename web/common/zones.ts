import type { Area } from './api/types'

/** Zones are areas beside the villages: 900 to 999 in the last three digits. */
export const isZone = (code: string): boolean => code.length === 12 && code[9] === '9'

/** [longitude, latitude], as GeoJSON has it. */
export type Corner = [number, number]

type Shape = { type: 'Polygon'; coordinates: Corner[][] } | { type: 'MultiPolygon'; coordinates: Corner[][][] }

/** The polygons of a shape, each as its outer ring and its holes; none when it is no shape. */
export function polygonsOf(shape: string): Corner[][][] {
  try {
    const s = JSON.parse(shape) as Shape | { type: 'Feature'; geometry: Shape }
    const g = s.type === 'Feature' ? s.geometry : s
    return g.type === 'Polygon' ? [g.coordinates] : g.type === 'MultiPolygon' ? g.coordinates : []
  } catch {
    return []
  }
}

/** The corners of a shape that is one ring; null: it has parts or holes and is only replaced as a whole. */
export function cornersOf(shape: string): Corner[] | null {
  const all = polygonsOf(shape)
  if (all.length === 0) return []
  return all.length === 1 && all[0]!.length === 1 ? all[0]![0]!.slice(0, -1) : null
}

/** Fewer than three corners are no shape: ''. */
export const shapeOf = (corners: Corner[]): string =>
  corners.length < 3 ? '' : JSON.stringify({ type: 'Polygon', coordinates: [[...corners, corners[0]]] })

/** The shape in a file: a geometry, a feature, or a collection with one; '' when there is none. */
export function shapeInFile(text: string): string {
  try {
    let g = JSON.parse(text) as { type: string; features?: unknown[]; geometry?: unknown }
    if (g.type === 'FeatureCollection' && g.features?.length === 1) g = g.features[0] as typeof g
    if (g.type === 'Feature') g = g.geometry as typeof g
    return polygonsOf(JSON.stringify(g)).length ? JSON.stringify(g) : ''
  } catch {
    return ''
  }
}

export const drawnZones = (areas: Area[]): Area[] => areas.filter((a) => a.level === 'zone' && a.shape)
