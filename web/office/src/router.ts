import { createRouter, createWebHistory } from 'vue-router'
import { useSession } from './stores/session'

declare module 'vue-router' {
  interface RouteMeta {
    /** Shown without the frame of menu and header. */
    bare?: boolean
    /** May be seen before signing in. */
    open?: boolean
    /** Message key of the page's name, for the breadcrumb. */
    name?: string
  }
}

export const router = createRouter({
  history: createWebHistory('/'),
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
  routes: [
    { path: '/login', component: () => import('./views/LoginPage.vue'), meta: { bare: true, open: true } },
    { path: '/unreachable', component: () => import('./views/UnreachablePage.vue'), meta: { bare: true, open: true } },
    { path: '/', component: () => import('./views/HomePage.vue'), meta: { name: 'menu.home' } },
    { path: '/s/:kind', component: () => import('./views/SubjectList.vue'), props: true },
    { path: '/s/:kind/:id', component: () => import('./views/SubjectPage.vue'), props: true },
    { path: '/cases', component: () => import('./views/CaseList.vue'), meta: { name: 'menu.cases' } },
    { path: '/cases/:id', component: () => import('./views/CasePage.vue'), props: true, meta: { name: 'menu.cases' } },
    { path: '/amendments', component: () => import('./views/AmendmentsPage.vue'), meta: { name: 'menu.amendments' } },
    { path: '/findings', component: () => import('./views/FindingList.vue'), meta: { name: 'menu.findings' } },
    { path: '/figures', component: () => import('./views/FiguresPage.vue'), meta: { name: 'menu.figures' } },
    { path: '/ledgers', component: () => import('./views/LedgersPage.vue'), meta: { name: 'menu.ledgers' } },
    { path: '/tables', component: () => import('./views/TablesPage.vue'), meta: { name: 'menu.tables' } },
    { path: '/fill', component: () => import('./views/FillPage.vue'), meta: { name: 'menu.fill' } },
    {
      path: '/reports/:id',
      component: () => import('./views/ReportPage.vue'),
      props: true,
      meta: { name: 'menu.ledgers' },
    },
    { path: '/duties', component: () => import('./views/DutiesPage.vue'), meta: { name: 'menu.duties' } },
    { path: '/map', component: () => import('./views/MapPage.vue'), meta: { name: 'menu.map' } },
    { path: '/signs/:kind', component: () => import('./views/SignsPage.vue'), props: true, meta: { bare: true } },
    { path: '/q/:kind/:code', component: () => import('./views/ScanPage.vue'), props: true },
    { path: '/funds', component: () => import('./views/FundsPage.vue'), meta: { name: 'menu.funds' } },
    { path: '/account', component: () => import('./views/AccountPage.vue'), meta: { name: 'menu.account' } },
    { path: '/accounts', component: () => import('./views/AccountsPage.vue'), meta: { name: 'menu.accounts' } },
    { path: '/areas', component: () => import('./views/AreasPage.vue'), meta: { name: 'menu.areas' } },
    { path: '/samples', component: () => import('./views/SamplesPage.vue'), meta: { name: 'menu.samples' } },
    {
      path: '/samples/:id',
      component: () => import('./views/SamplePage.vue'),
      props: true,
      meta: { name: 'menu.samples' },
    },
    { path: '/whatif', component: () => import('./views/WhatIfPage.vue'), meta: { name: 'menu.whatif' } },
    {
      path: '/imports/:id?',
      component: () => import('./views/ImportPage.vue'),
      props: true,
      meta: { name: 'menu.imports' },
    },
    { path: '/print/:kind/:id', component: () => import('./views/PrintPage.vue'), props: true, meta: { bare: true } },
    { path: '/:rest(.*)*', component: () => import('./views/NotFound.vue'), meta: { name: 'route.notFound' } },
  ],
})

router.beforeEach(async (to) => {
  if (to.meta.open) return true
  const query = to.fullPath === '/' ? {} : { to: to.fullPath }
  try {
    return (await useSession().resume()) || { path: '/login', query }
  } catch {
    return { path: '/unreachable', query }
  }
})
