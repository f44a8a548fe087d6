/** Letters that Unicode does not decompose, and variants of one letter. */
const LETTERS: Record<string, string> = {
  // Latin and Greek.
  "ß": "ss",
  "æ": "ae",
  "œ": "oe",
  "ø": "o",
  "ł": "l",
  "đ": "d",
  "ð": "d",
  "þ": "th",
  "ı": "i",
  "ħ": "h",
  "ŋ": "n",
  "ς": "σ",
  // Arabic and Persian: variants of a letter by keyboard, and the tatweel, which only stretches a word.
  "ى": "ي",
  "ی": "ي",
  "ې": "ي",
  "ک": "ك",
  "ڪ": "ك",
  "ة": "ه",
  "ۀ": "ه",
  "ہ": "ه",
  "ھ": "ه",
  "ە": "ه",
  "ٱ": "ا",
  "ـ": "",
  // Devanagari: candrabindu as anusvara, and nukta, the dot of borrowed sounds.
  "ँ": "ं",
  "\u093c": "",
};

/** Pairs of a traditional character and its simplified one (`kSimplifiedVariant` of Unihan), for characters in modern titles. */
const TRADITIONAL =
  "國国學学書书紅红樓楼夢梦龍龙門门愛爱風风雲云語语說说讀读寫写詩诗詞词記记話话論论經经傳传歷历東东車车馬马鳥鸟魚鱼麗丽長长張张時时間间開开關关聞闻問问見见觀观覺觉親亲" +
  "視视規规錢钱鐵铁銀银鋼钢錄录鏡镜鐘钟鎮镇陽阳陰阴隊队陳陈際际階阶雙双難难電电頭头題题類类顏颜願愿飛飞飯饭館馆驚惊體体鬥斗鬧闹雞鸡鴨鸭鳳凤黃黄點点黨党齊齐齒齿龜龟" +
  "萬万業业義义樂乐習习鄉乡買买亂乱爭争亞亚產产僅仅從从倉仓儀仪們们價价眾众優优會会傘伞偉伟傷伤倫伦偽伪體体餘余傾倾兒儿蘭兰養养獸兽內内岡冈軍军農农馮冯衝冲決决況况凍冻淨净" +
  "涼凉減减幾几鳳凤劉刘則则剛刚創创別别劇剧劍剑勸劝辦办務务動动勵励勁劲勞劳勢势匯汇區区醫医華华協协單单賣卖盧卢衛卫廠厂廳厅壓压縣县參参發发變变葉叶號号嘆叹嗎吗吳吴員员" +
  "圍围園园圓圆圖图聖圣場场壞坏塊块堅坚墳坟墜坠壘垒聲声處处備备復复夠够奪夺奮奋婦妇媽妈孫孙寧宁實实寶宝審审憲宪宮宫寬宽賓宾對对尋寻導导將将爾尔塵尘嘗尝層层屬属歲岁島岛" +
  "峽峡嶺岭帥帅師师帳帐帶带幫帮廣广莊庄慶庆庫库應应廟庙廢废張张彈弹強强歸归當当錄录徹彻徑径禦御憶忆憂忧懷怀態态憐怜總总戀恋惡恶悶闷懼惧慘惨戰战戲戏戶户撲扑執执擴扩掃扫揚扬" +
  "擾扰撫抚護护報报擔担擬拟擁拥擇择掛挂擋挡擠挤揮挥損损換换據据擊击攝摄攔拦攜携數数敵敌斷断無无舊旧術术機机殺杀雜杂權权條条來来楊杨極极構构槍枪標标樣样樹树橋桥檔档夢梦" +
  "檢检歡欢歐欧殘残毀毁畢毕氣气漢汉湯汤溝沟沒没淚泪澤泽潔洁灑洒濟济濃浓濕湿溫温遊游滿满漁渔漸渐潛潜瀾澜滅灭燈灯靈灵災灾煉炼煙烟煩烦燒烧熱热愛爱爺爷牽牵犧牺狀状獨独獄狱獵猎" +
  "獻献環环現现瑪玛畫画暢畅療疗瘋疯癡痴盤盘盜盗蓋盖監监眼眼著着礦矿碼码確确礙碍禮礼禍祸禪禅離离種种積积稱称穩稳窮穷竊窃競竞筆笔簡简籃篮糧粮緊紧紅红約约級级紀纪純纯綱纲納纳" +
  "線线練练組组細细織织終终結结給给絕绝統统繼继續续維维綠绿編编緣缘縱纵羅罗罰罚聯联聰聪職职腦脑膽胆勝胜臉脸艦舰藝艺節节蘇苏藥药蓮莲榮荣蕭萧薩萨藍蓝蟲虫蝦虾蟻蚁補补裝装襲袭" +
  "討讨認认訂订訓训議议許许評评識识訴诉診诊試试誠诚詳详該该誤误請请諸诸諾诺課课誰谁調调談谈謀谋謎谜謝谢謊谎譯译貝贝貞贞負负財财責责賢贤敗败貨货質质貪贪貧贫貴贵費费賊贼資资" +
  "賭赌賞赏賜赐賽赛趙赵趕赶跡迹踐践軌轨轉转輪轮軟软輕轻載载輝辉輸输邊边達达遷迁過过邁迈運运還还這这進进遠远違违連连遲迟適适選选遺遗鄧邓鄭郑鄰邻醜丑釋释裡里針针釣钓鋒锋錯错鍵键" +
  "鑒鉴閃闪閉闭閣阁闊阔陣阵陸陆隨随險险隱隐霧雾靜静韓韩頁页頂顶項项順顺須须預预領领頻频顆颗額额顧顾飄飘餓饿騎骑騙骗驗验騰腾骨骨鬆松魯鲁鮮鲜鯨鲸鴻鸿鵝鹅鷹鹰麥麦";

for (let at = 0; at + 1 < TRADITIONAL.length; at += 2) {
  const [traditional, simplified] = [TRADITIONAL[at]!, TRADITIONAL[at + 1]!];
  if (traditional !== simplified) LETTERS[traditional] = simplified;
}

const LETTER = new RegExp(`[${Object.keys(LETTERS).join("")}]`, "gu");
const KATAKANA = /[\u30a1-\u30f6\u30fd\u30fe]/g;
const KANA_DISTANCE = 0x60;
/** A nasal before another consonant, which is also written as anusvara. */
const NASAL = /[ङञणनम]्(?=[क-ह])/g;
const DIGIT = /\p{Nd}/gu;
const ASCII_DIGIT = /[0-9]/;

/** Replaces each letter and digit of a folded text by one form for all of its variants. */
export const unifyLetters = (text: string): string =>
  text.replace(NASAL, "ं")
    .replace(LETTER, (letter) => LETTERS[letter] ?? letter)
    .replace(KATAKANA, (kana) => String.fromCharCode(kana.charCodeAt(0) - KANA_DISTANCE))
    .replace(DIGIT, (digit) => ASCII_DIGIT.test(digit) ? digit : String(valueOf(digit)));

/** The value of a digit. Unicode has the ten digits of a script in a row, and no other digit directly before them. */
function valueOf(digit: string): number {
  let value = 0;
  for (let code = digit.codePointAt(0)! - 1; value < 9 && isDigit(code); code--) value++;
  return value;
}
const isDigit = (code: number): boolean => /\p{Nd}/u.test(String.fromCodePoint(code));

/** How German and Scandinavian letters are typed on a keyboard without them. */
const SPELT_OUT: Record<string, string> = { "ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe" };
const UMLAUT = /[äöüåø]/g;

/** A lower-case word without umlauts: `müller` → `mueller`. */
export const spellOut = (word: string): string => word.replace(UMLAUT, (letter) => SPELT_OUT[letter]!);
