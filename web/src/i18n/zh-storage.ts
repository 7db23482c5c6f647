// SPDX-License-Identifier: Apache-2.0
/** “存储”页面的中文用语。 */
import type { enStorage } from './en-storage';

export const zhStorage: typeof enStorage = {
  title: '存储',
  folder: '数据目录',
  free: '磁盘空间',
  freeOf: (free, total) => `可用 ${free}，共 ${total}`,
  lasts: '空间还可维持',
  days: (days) => (days === null ? '十年以上' : `约 ${days} 天`),
  lastsHint:
    '按最近七个完整日（UTC）的增长推算，直到必须删除旧日期或拒收采样为止。某一类保存的天数达到其期限后不再增长。',
  growth: '每天增长',
  floor: '低于此值时拒收采样',
  reserve: '为报警记录预留',
  lastBackup: '最近一次备份',
  lastVerify: '最近一次校验',
  neverNoted: '无记录',
  damagedPieces: (n) => `${n} 处损坏`,
  state: {
    ok: '',
    low: '磁盘将满：允许删除的最早日期会提前删除。',
    full: '磁盘已满：拒收采样。报警及其记录照常进行。',
  },

  waits: (name, when) => `类别 ${name} 自 ${when} 起保存期限缩短。`,
  waitsFor: (files, bytes, rollups) =>
    `届时将删除 ${files} 天的采样（${bytes}）${rollups > 0 ? `和 ${rollups} 天的汇总` : ''}。如需保留，请改回现场文件。`,
  missed: (name, since) => `${name} 自 ${since} 起缺失。`,
  gone: '文件已不存在。',
  damaged: '文件整体损坏，已移到一旁。',
  missedMeans: '其中的内容不出现在任何回答中，其余部分照常回答。',
  missedDo: '从备份把这一天复制回原处，然后删除',

  classes: '采样保存多久',
  unknown: '还没有服务进程记下保存期限。',
  className: '类别',
  keep: '采样',
  rollups: '汇总',
  whenFull: '磁盘将满时可删除',
  kept: (days) => (days === null ? '永久' : `${days} 天`),
  after: (days) => `${days} 天之后`,
  files: '天数',
  from: '起',
  to: '止',
  samples: '采样数',
  samplesOf: (count) => `${count} 个采样`,
  bytes: '占用',
  aDay: '每天',
  week: '最近七天',
  weekOf: (name) => `${name} 最近七个完整日每天的字节数`,

  kinds: '空间的用途',
  kind: {
    log: '最新采样的日志',
    samples: '按日存放的采样',
    rollups: '各日的汇总',
    records: '报警与操作的记录',
    names: '信号名称',
    reserve: '预留空间',
    'set aside': '移到一旁的损坏文件',
    other: '模型、任务及其他',
  },

  first: '磁盘将满时最先删除的内容',
  nothingGoes: '没有可以删除的日期：现场文件未给含有更早日期的类别设置 when_full。',
  mayGo: (files, bytes) => `现在可删除 ${files} 天（${bytes}），从最早的开始；事件涉及的日期保留。`,
};
