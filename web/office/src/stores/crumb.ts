import { defineStore } from 'pinia'
import { ref } from 'vue'

/** The name of what the page shows, for the breadcrumb. */
export const useCrumb = defineStore('crumb', () => ({ title: ref('') }))
