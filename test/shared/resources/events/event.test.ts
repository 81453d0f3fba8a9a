import { describe } from 'vitest'
import { replay } from '../replay.ts'

describe('an Event of events.k8s.io, as a real API server has it', () => replay(new URL('./facts.json', import.meta.url)))
