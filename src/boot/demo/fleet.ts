/** A company that does not exist: what its schedulers would hold. Names, owners and habits as one meets them. */

export interface DemoJob {
  readonly id: string;
  readonly owner: string;
  readonly tags: readonly string[];
  /** Cron, in UTC; null for what people and other systems start. */
  readonly schedule: string | null;
  readonly usualSeconds: number;
  /** Of a thousand runs, so many fail. */
  readonly failsPerMille: number;
  readonly paused?: true;
  /** Its last run is long due and does not come. */
  readonly stuck?: true;
}

export interface DemoSource {
  readonly name: string;
  readonly adapter: string;
  /** Passed to the sandbox as it is. */
  readonly options: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** Cannot be reached for a minute, now and then. */
  readonly goesBlind: boolean;
  readonly jobs: readonly DemoJob[];
}

type Habit = readonly [schedule: string | null, usualSeconds: number, failsPerMille: number];

function team(owner: string, tags: readonly string[], jobs: Readonly<Record<string, Habit>>): DemoJob[] {
  return Object.entries(jobs).map(([id, [schedule, usualSeconds, failsPerMille]]) => {
    return { id, owner, tags, schedule, usualSeconds, failsPerMille };
  });
}

const prod: readonly DemoJob[] = [
  ...team("payments", ["payments", "tier-1"], {
    capture_card_settlements: ["*/5 * * * *", 95, 4],
    poll_acquirer_callbacks: ["* * * * *", 22, 6],
    reconcile_psp_reports: ["20 3 * * *", 1_150, 30],
    retry_failed_payouts: ["*/15 * * * *", 140, 25],
    expire_stale_authorisations: ["40 * * * *", 75, 5],
  }),
  ...team("data-platform", ["warehouse"], {
    load_ledger: ["0 2 * * *", 2_100, 40],
    load_customers: ["15 2 * * *", 860, 15],
    load_orders: ["*/15 * * * *", 210, 8],
    stream_clickstream_batches: ["* * * * *", 38, 3],
    compact_lakehouse_tables: ["30 4 * * *", 3_900, 20],
    refresh_materialised_views: ["10 * * * *", 420, 10],
    vacuum_staging: ["0 5 * * 0", 2_600, 10],
    snapshot_warehouse: ["0 23 * * *", 1_800, 5],
  }),
  ...team("analytics", ["reporting"], {
    build_daily_revenue: ["0 6 * * *", 640, 25],
    build_weekly_cohorts: ["0 7 * * 1", 1_900, 30],
    publish_exec_dashboard: ["30 6 * * *", 120, 15],
    export_to_tableau: ["0 * * * *", 260, 12],
    score_churn_model: ["45 4 * * *", 2_700, 60],
  }),
  ...team("risk", ["risk", "tier-1"], {
    sanctions_screening: ["* * * * *", 27, 5],
    fraud_feature_backfill: ["*/15 * * * *", 330, 20],
    calculate_var: ["30 5 * * 1-5", 4_200, 35],
    stress_scenarios: ["0 20 * * 5", 9_800, 50],
    ingest_market_data: ["*/5 * * * *", 64, 15],
  }),
  ...team("marketing", ["crm"], {
    sync_audiences: ["5 */2 * * *", 520, 180],
    send_lifecycle_emails: ["0 8 * * *", 900, 10],
    attribute_conversions: ["50 * * * *", 310, 14],
  }),
  ...team("ml", ["ml"], {
    train_recommender: ["0 1 * * *", 7_400, 45],
    refresh_embeddings: ["25 */4 * * *", 1_600, 22],
    evaluate_search_ranking: [null, 700, 30],
  }),
  { ...only("finance", ["regulatory"], "export_regulatory_report", ["45 * * * *", 380, 0]), stuck: true },
  { ...only("finance", ["regulatory"], "close_month_rehearsal", ["0 4 1 * *", 5_400, 0]), paused: true },
];

const legacy: readonly DemoJob[] = [
  ...team("erp", ["sap", "legacy"], {
    sap_extract_gl: ["0 1 * * *", 2_400, 30],
    sap_extract_ar: ["30 1 * * *", 1_500, 20],
    sap_idoc_inbound: ["*/5 * * * *", 80, 12],
    sap_stock_levels: ["*/15 * * * *", 170, 6],
    sap_month_end_check: ["0 3 1 * *", 3_300, 0],
  }),
  ...team("warehouse-ops", ["logistics"], {
    wms_pick_lists: ["* * * * *", 18, 4],
    wms_carrier_labels: ["*/5 * * * *", 45, 10],
    wms_inventory_count: ["0 21 * * *", 2_800, 25],
    edi_order_intake: ["*/15 * * * *", 130, 110],
    edi_asn_outbound: ["10,40 * * * *", 95, 15],
  }),
  ...team("hr", ["hr"], {
    payroll_export: ["0 18 * * 4", 1_250, 10],
    badge_access_sync: ["35 * * * *", 60, 8],
    timesheet_reminders: ["0 9 * * 5", 50, 0],
  }),
  ...team("it-ops", ["housekeeping"], {
    rotate_ftp_archives: ["15 0 * * *", 340, 5],
    check_backup_tapes: ["30 7 * * *", 220, 400],
    cleanup_tmp_buckets: ["0 */6 * * *", 150, 3],
  }),
];

const builds: readonly DemoJob[] = [
  ...team("web", ["pipeline"], {
    "shop/storefront/main": ["*/15 * * * *", 340, 45],
    "shop/checkout/main": ["35 * * * *", 520, 30],
    "shop/checkout/release%2F2026.4": [null, 610, 20],
  }),
  ...team("platform", ["pipeline"], {
    "platform/base-images": ["30 1 * * *", 1_700, 25],
    "platform/terraform-plan": ["20 */4 * * *", 260, 60],
    "platform/certificates/renew": ["0 4 * * *", 45, 5],
    "platform/dependency-updates": ["0 5 * * 1", 2_100, 80],
  }),
  ...team("quality", ["freestyle"], {
    "quality/regression-nightly": ["0 22 * * *", 7_900, 120],
    "quality/load-test": ["0 3 * * 6", 5_200, 90],
    "quality/flaky-hunt": ["50 * * * *", 610, 210],
  }),
  ...team("it-ops", ["freestyle"], {
    "ops/rotate-backups": ["15 2 * * *", 1_300, 8],
    "ops/ldap-sync": ["5 * * * *", 40, 12],
  }),
];

const cluster: readonly DemoJob[] = [
  ...team("platform", [], {
    "platform/etcd-backup": ["0 */4 * * *", 210, 6],
    "platform/cert-expiry-check": ["30 6 * * *", 35, 10],
    "platform/image-prune": ["20 1 * * *", 940, 15],
  }),
  ...team("search", [], {
    "search/reindex-products": ["15 */6 * * *", 1_450, 70],
    "search/refresh-synonyms": ["0 5 * * 1", 120, 20],
  }),
  ...team("reports", [], {
    "reports/publish-statements": ["0 7 * * *", 860, 35],
    "reports/unpublish-expired": ["30 23 * * *", 150, 5],
    "reports/backfill-quarter": ["0 2 1 */3 *", 5_400, 50],
  }),
];

function only(owner: string, tags: readonly string[], id: string, habit: Habit): DemoJob {
  const [schedule, usualSeconds, failsPerMille] = habit;
  return { id, owner, tags, schedule, usualSeconds, failsPerMille };
}

export const FLEET: readonly DemoSource[] = [
  {
    name: "airflow-prod",
    adapter: "airflow",
    options: { api: "v2", version: "3.1.8" },
    labels: { environment: "prod", region: "eu-west" },
    goesBlind: false,
    jobs: prod,
  },
  {
    name: "airflow-legacy",
    adapter: "airflow",
    options: { api: "v1", version: "2.10.5" },
    labels: { environment: "prod", region: "on-premises" },
    goesBlind: true,
    jobs: legacy,
  },
  {
    name: "jenkins-core",
    adapter: "jenkins",
    options: { version: "2.541.1" },
    labels: { environment: "prod", region: "eu-west" },
    goesBlind: false,
    jobs: builds,
  },
  {
    name: "k8s-prod",
    adapter: "kubernetes",
    options: { version: "v1.33.1" },
    labels: { environment: "prod", region: "eu-west" },
    goesBlind: false,
    jobs: cluster,
  },
];
