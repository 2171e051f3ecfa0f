import { z } from 'zod';
import { operation } from '../http/operation.ts';
import { text } from '../http/parameters.ts';

interface RegionName {
  readonly 'zh-CN': string;
  readonly 'en-US': string;
  readonly ja: string;
}

const names: Readonly<Record<string, RegionName>> = {
  'cn-hangzhou': named('华东1（杭州）', 'China (Hangzhou)', '中国（杭州）'),
  'cn-shanghai': named('华东2（上海）', 'China (Shanghai)', '中国（上海）'),
  'cn-beijing': named('华北2（北京）', 'China (Beijing)', '中国（北京）'),
  'cn-zhangjiakou': named('华北3（张家口）', 'China (Zhangjiakou)', '中国（張家口）'),
  'cn-shenzhen': named('华南1（深圳）', 'China (Shenzhen)', '中国（深セン）'),
  'cn-guangzhou': named('华南3（广州）', 'China (Guangzhou)', '中国（広州）'),
  'cn-chengdu': named('西南1（成都）', 'China (Chengdu)', '中国（成都）'),
  'cn-hongkong': named('中国香港', 'China (Hong Kong)', '中国（香港）'),
  'ap-southeast-1': named('新加坡', 'Singapore', 'シンガポール'),
  'ap-southeast-3': named(
    '马来西亚（吉隆坡）',
    'Malaysia (Kuala Lumpur)',
    'マレーシア（クアラルンプール）',
  ),
  'ap-southeast-5': named(
    '印度尼西亚（雅加达）',
    'Indonesia (Jakarta)',
    'インドネシア（ジャカルタ）',
  ),
  'ap-southeast-6': named('菲律宾（马尼拉）', 'Philippines (Manila)', 'フィリピン（マニラ）'),
  'ap-southeast-7': named('泰国（曼谷）', 'Thailand (Bangkok)', 'タイ（バンコク）'),
  'ap-northeast-1': named('日本（东京）', 'Japan (Tokyo)', '日本（東京）'),
  'ap-northeast-2': named('韩国（首尔）', 'South Korea (Seoul)', '韓国（ソウル）'),
  'us-east-1': named('美国（弗吉尼亚）', 'US (Virginia)', '米国（バージニア）'),
  'us-west-1': named('美国（硅谷）', 'US (Silicon Valley)', '米国（シリコンバレー）'),
  'eu-central-1': named('德国（法兰克福）', 'Germany (Frankfurt)', 'ドイツ（フランクフルト）'),
  'eu-west-1': named('英国（伦敦）', 'UK (London)', '英国（ロンドン）'),
  'me-east-1': named('阿联酋（迪拜）', 'UAE (Dubai)', 'アラブ首長国連邦（ドバイ）'),
};

/** The regions of the account, by their English names unless another language is asked for. */
export const describeRegions = operation(
  'DescribeRegions',
  z.object({
    AcceptLanguage: z.enum(['zh-CN', 'en-US', 'ja']).optional(),
    ServiceCode: text().optional(),
    ClientToken: text().optional(),
  }),
  ({ AcceptLanguage: language = 'en-US' }, call) => ({
    Regions: call.world.regions.map((region) => ({
      RegionId: region,
      LocalName: names[region]?.[language] ?? region,
      RegionEndpoint: `nlb.${region}.aliyuncs.com`,
    })),
  }),
);

function named(chinese: string, english: string, japanese: string): RegionName {
  return { 'zh-CN': chinese, 'en-US': english, ja: japanese };
}
