<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>AnalysisWindow</name>
    <message>
        <source>Spectrum of the visible range</source>
        <translation>可见范围的频谱</translation>
    </message>
    <message>
        <source>Duration curve of the visible range</source>
        <translation>可见范围的持续曲线</translation>
    </message>
    <message>
        <source>x–y plot of the visible range</source>
        <translation>可见范围的 x–y 图</translation>
    </message>
    <message>
        <source>Frequency, Hz</source>
        <translation>频率，Hz</translation>
    </message>
    <message>
        <source>Amplitude</source>
        <translation>幅值</translation>
    </message>
    <message>
        <source>Share of time at or above, %</source>
        <translation>达到或超过的时间占比，%</translation>
    </message>
    <message>
        <source>Percentiles of the recorded values over time</source>
        <translation>记录值的百分位随时间变化</translation>
    </message>
</context>
<context>
    <name>BalanceView</name>
    <message>
        <source>Grid</source>
        <translation>电网</translation>
    </message>
    <message>
        <source>Export to the grid</source>
        <translation>向电网送电</translation>
    </message>
    <message>
        <source>Gensets</source>
        <translation>柴油发电机</translation>
    </message>
    <message>
        <source>Wind and sun</source>
        <translation>风电与光伏</translation>
    </message>
    <message>
        <source>Battery</source>
        <translation>电池</translation>
    </message>
    <message>
        <source>Battery charge</source>
        <translation>电池充电</translation>
    </message>
    <message>
        <source>Computing</source>
        <translation>算力</translation>
    </message>
    <message>
        <source>Cooling</source>
        <translation>制冷</translation>
    </message>
    <message>
        <source>Losses of the power chain</source>
        <translation>供电链损耗</translation>
    </message>
    <message>
        <source>Other</source>
        <translation>其他</translation>
    </message>
    <message>
        <source>Heat to outdoor air</source>
        <translation>散入室外空气</translation>
    </message>
    <message>
        <source>Heat to evaporated water</source>
        <translation>随蒸发水带走</translation>
    </message>
    <message>
        <source>Heat sold</source>
        <translation>余热外售</translation>
    </message>
    <message>
        <source>Heat stored</source>
        <translation>储热</translation>
    </message>
    <message>
        <source>Heat released from store</source>
        <translation>储热释放</translation>
    </message>
    <message>
        <source>Stored in fields</source>
        <translation>电场储能</translation>
    </message>
    <message>
        <source>Energy balance of the run</source>
        <translation>本次运行的能量平衡</translation>
    </message>
    <message>
        <source>Energy of the run</source>
        <translation>本次运行的能量</translation>
    </message>
    <message>
        <source>%1 over %2</source>
        <translation>%1，历时 %2</translation>
    </message>
    <message>
        <source>From</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>Used for</source>
        <translation>用途</translation>
    </message>
    <message>
        <source>Ends as</source>
        <translation>去向</translation>
    </message>
    <message>
        <source>Cannot write %1</source>
        <translation>无法写入 %1</translation>
    </message>
    <message>
        <source>Whole run</source>
        <translation>整次运行</translation>
    </message>
    <message>
        <source>Visible range</source>
        <translation>可见范围</translation>
    </message>
    <message>
        <source>At the cursor</source>
        <translation>游标处</translation>
    </message>
    <message>
        <source>Which time the balance is of</source>
        <translation>平衡所属的时间</translation>
    </message>
    <message>
        <source>Energy in the visible range</source>
        <translation>可见范围内的能量</translation>
    </message>
    <message>
        <source>Power at the cursor</source>
        <translation>游标处的功率</translation>
    </message>
    <message>
        <source>This result holds the balance of the whole run only</source>
        <translation>此结果只含整次运行的平衡</translation>
    </message>
    <message>
        <source>Energy so far</source>
        <translation>迄今能量</translation>
    </message>
    <message>
        <source>The balance appears with the first values of a run</source>
        <translation>运行给出首批数值后显示能量平衡</translation>
    </message>
</context>
<context>
    <name>BoxItem</name>
    <message>
        <source>%1 units; power and flow are those of all together</source>
        <translation>共 %1 台；功率与流量为全部之和</translation>
    </message>
</context>
<context>
    <name>Cards</name>
    <message>
        <source>ulanqab-day title</source>
        <translation>乌兰察布的一天</translation>
    </message>
    <message>
        <source>ulanqab-day text</source>
        <translation>10 MW 智算中心一月的 24 小时：八个液冷 H800 机群服务 DeepSeek-V3，两路 10 kV 馈线，240 V 高压直流，10 MW / 20 MWh 电池，干冷器与后备冷机。</translation>
    </message>
    <message>
        <source>deepseek-day title</source>
        <translation>DeepSeek 推理的一天</translation>
    </message>
    <message>
        <source>deepseek-day text</source>
        <translation>2025 年 2 月 27 日至 28 日的 DeepSeek-V3/R1 服务，24 小时：输入 608 G 词元，其中 56.3 % 命中缓存。</translation>
    </message>
    <message>
        <source>studies/cdu-pump-trip title</source>
        <translation>CDU 泵跳闸</translation>
    </message>
    <message>
        <source>studies/cdu-pump-trip text</source>
        <translation>满负荷时一排机柜的冷却液泵跳闸，20 秒后备用泵启动。一小时，步长 0.1 秒。</translation>
    </message>
    <message>
        <source>studies/blackout-to-genset title</source>
        <translation>停电到柴油发电</translation>
    </message>
    <message>
        <source>studies/blackout-to-genset text</source>
        <translation>10 MW 站点失去 110 kV 线路：后备电池接续机柜供电，柴油机组启动，开关切换，制冷重新投入。</translation>
    </message>
    <message>
        <source>studies/dip-ride-through title</source>
        <translation>电压暂降穿越</translation>
    </message>
    <message>
        <source>studies/dip-ride-through text</source>
        <translation>在 10 MW 站点入口回放实测的 220 kV 故障：哪些机柜失电，哪组电池接续？</translation>
    </message>
    <message>
        <source>studies/year-of-cooling title</source>
        <translation>全年制冷</translation>
    </message>
    <message>
        <source>studies/year-of-cooling text</source>
        <translation>四种制冷方案在同一机房、同一全年气象下比较：干冷器、冷却塔、湿膜干冷器与间接蒸发空调。</translation>
    </message>
    <message>
        <source>studies/training-swings title</source>
        <translation>训练负荷波动</translation>
    </message>
    <message>
        <source>studies/training-swings text</source>
        <translation>16 384 张加速卡同步训练，迭代 2 秒，计算占 70 %：电表处的波动对照 20 MW/min 与 0.1–20 Hz 任一谱线 1 % 的限值，哪些措施有效？</translation>
    </message>
    <message>
        <source>studies/battery-sizing title</source>
        <translation>电池容量优选</translation>
    </message>
    <message>
        <source>studies/battery-sizing text</source>
        <translation>多少兆瓦、多少兆瓦时？同一站点一个月，四种功率与五种容量的组合。</translation>
    </message>
    <message>
        <source>studies/district-heating title</source>
        <translation>余热供暖</translation>
    </message>
    <message>
        <source>studies/district-heating text</source>
        <translation>供暖季热泵从机房温水取热，以 68 °C 供给城镇热网（回水 45 °C）。一月的一周。</translation>
    </message>
</context>
<context>
    <name>Checker</name>
    <message>
        <source>Ready: %1 components, %2 unknowns, checked in %3 s</source>
        <translation>就绪：%1 个部件，%2 个未知量，检查用时 %3 秒</translation>
    </message>
</context>
<context>
    <name>CompareView</name>
    <message>
        <source>Runs</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Key figures</source>
        <translation>关键指标</translation>
    </message>
    <message>
        <source>Input differences</source>
        <translation>输入差异</translation>
    </message>
    <message>
        <source>Signal of the overlaid curves</source>
        <translation>叠加曲线的信号</translation>
    </message>
    <message>
        <source>Figure</source>
        <translation>指标</translation>
    </message>
    <message>
        <source>Unit</source>
        <translation>单位</translation>
    </message>
    <message>
        <source>Path</source>
        <translation>路径</translation>
    </message>
    <message>
        <source>Run a scenario twice with different inputs, or open results, to compare them here.</source>
        <translation>用不同输入运行两次场景，或打开结果文件，即可在此对比。</translation>
    </message>
    <message>
        <source>Why they differ</source>
        <translation>差异原因</translation>
    </message>
    <message>
        <source>Overlaid curves, and their difference to A</source>
        <translation>叠加曲线及与 A 之差</translation>
    </message>
</context>
<context>
    <name>DiagramView</name>
    <message>
        <source>Diagram of the site</source>
        <translation>站点图</translation>
    </message>
    <message>
        <source>The diagram appears once the scenario can be read</source>
        <translation>场景可读后显示站点图</translation>
    </message>
    <message>
        <source>Open a scenario to see its diagram</source>
        <translation>打开场景以查看站点图</translation>
    </message>
    <message>
        <source>Electrical, one-line</source>
        <translation>供电 · 单线图</translation>
    </message>
    <message>
        <source>Cooling, schematic</source>
        <translation>制冷 · 流程图</translation>
    </message>
    <message>
        <source>Cannot write %1</source>
        <translation>无法写入 %1</translation>
    </message>
    <message>
        <source>outside %1</source>
        <translation>室外 %1</translation>
    </message>
</context>
<context>
    <name>EditActions</name>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>重做</translation>
    </message>
    <message>
        <source>Find a signal</source>
        <translation>查找信号</translation>
    </message>
    <message>
        <source>Find a component</source>
        <translation>查找部件</translation>
    </message>
    <message>
        <source>arrangement of the plots</source>
        <translation>曲线图布局</translation>
    </message>
</context>
<context>
    <name>FileActions</name>
    <message>
        <source>New scenario</source>
        <translation>新建场景</translation>
    </message>
    <message>
        <source>Open …</source>
        <translation>打开…</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Save as …</source>
        <translation>另存为…</translation>
    </message>
    <message>
        <source>Close tab</source>
        <translation>关闭标签页</translation>
    </message>
    <message>
        <source>Export picture or values …</source>
        <translation>导出图片或数值…</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
    <message>
        <source>Open recent</source>
        <translation>最近打开</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>清除</translation>
    </message>
    <message>
        <source>There is no file %1</source>
        <translation>没有文件 %1</translation>
    </message>
    <message>
        <source>Open a scenario first; a weather file then becomes its weather</source>
        <translation>请先打开场景，气象文件将成为它的气象</translation>
    </message>
    <message>
        <source>Save scenario</source>
        <translation>保存场景</translation>
    </message>
    <message>
        <source>Scenarios (*.yaml)</source>
        <translation>场景 (*.yaml)</translation>
    </message>
    <message>
        <source>Saved %1</source>
        <translation>已保存 %1</translation>
    </message>
    <message>
        <source>new.yaml</source>
        <translation>新场景.yaml</translation>
    </message>
    <message>
        <source>Unsaved changes</source>
        <translation>未保存的更改</translation>
    </message>
    <message>
        <source>%1 has unsaved changes.</source>
        <translation>%1 有未保存的更改。</translation>
    </message>
    <message>
        <source>Runs in progress</source>
        <translation>正在运行</translation>
    </message>
    <message>
        <source>Stop the runs and keep their results so far?</source>
        <translation>停止运行并保留已有结果？</translation>
    </message>
    <message>
        <source>Save workspace …</source>
        <translation>保存工作区…</translation>
    </message>
    <message>
        <source>Save workspace</source>
        <translation>保存工作区</translation>
    </message>
    <message>
        <source>Workspaces (*.yaml)</source>
        <translation>工作区 (*.yaml)</translation>
    </message>
    <message>
        <source>New from</source>
        <translation>从模板新建</translation>
    </message>
    <message>
        <source>%1 is a folder, and not one of a study</source>
        <translation>%1 是文件夹，但不是研究结果</translation>
    </message>
    <message>
        <source>Open a scenario first; a trace then becomes the input of its load</source>
        <translation>请先打开场景，轨迹将成为其负载的输入</translation>
    </message>
    <message>
        <source>No component of %1 reads a file</source>
        <translation>%1 中没有读取文件的部件</translation>
    </message>
    <message>
        <source>Select the component that is to read it: %1</source>
        <translation>请选择要读取它的部件：%1</translation>
    </message>
    <message>
        <source>%1 of %2 is now %3</source>
        <translation>%2 的 %1 现为 %3</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
</context>
<context>
    <name>FileDialogs</name>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>All that steppe reads (*.yaml *.yml *.h5 *.epw *.csv);;Scenarios, studies, workspaces (*.yaml *.yml);;Results (*.h5);;Weather (*.epw);;Traces (*.csv);;All files (*)</source>
        <translation>steppe 可读的文件 (*.yaml *.yml *.h5 *.epw *.csv);;场景、研究、工作区 (*.yaml *.yml);;结果 (*.h5);;气象 (*.epw);;轨迹 (*.csv);;所有文件 (*)</translation>
    </message>
</context>
<context>
    <name>HallMap</name>
    <message>
        <source>unit %1: %2 %3</source>
        <translation>单元 %1：%2 %3</translation>
    </message>
</context>
<context>
    <name>Inspector</name>
    <message>
        <source>Open a scenario to see its parameters</source>
        <translation>打开场景以查看参数</translation>
    </message>
    <message>
        <source>block %1</source>
        <translation>模块 %1</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>参数</translation>
    </message>
    <message>
        <source>Show fewer</source>
        <translation>收起</translation>
    </message>
    <message>
        <source>Show all (%1 more)</source>
        <translation>显示全部（还有 %1 项）</translation>
    </message>
    <message>
        <source>Part of a block: change it through the parameters of %1</source>
        <translation>属于模块：请通过 %1 的参数修改</translation>
    </message>
    <message>
        <source>Show in YAML</source>
        <translation>在 YAML 中显示</translation>
    </message>
    <message>
        <source>Plot</source>
        <translation>绘图</translation>
    </message>
    <message>
        <source>Select a component in the tree or the diagram to see its values and parameters.</source>
        <translation>在树或图中选择部件以查看其数值和参数。</translation>
    </message>
    <message>
        <source>Inherited from %1: change it there</source>
        <translation>继承自 %1：请在那里修改</translation>
    </message>
    <message>
        <source>unit %1 of %2</source>
        <translation>单元 %1 / %2</translation>
    </message>
</context>
<context>
    <name>KpiPanel</name>
    <message>
        <source>Figure</source>
        <translation>指标</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>数值</translation>
    </message>
</context>
<context>
    <name>Legend</name>
    <message>
        <source>normal</source>
        <translation>正常</translation>
    </message>
    <message>
        <source>off</source>
        <translation>停用</translation>
    </message>
    <message>
        <source>battery</source>
        <translation>电池供电</translation>
    </message>
    <message>
        <source>frozen</source>
        <translation>冻结</translation>
    </message>
    <message>
        <source>warning</source>
        <translation>警告</translation>
    </message>
    <message>
        <source>tripped</source>
        <translation>跳闸</translation>
    </message>
    <message>
        <source>AC</source>
        <translation>交流</translation>
    </message>
    <message>
        <source>DC</source>
        <translation>直流</translation>
    </message>
    <message>
        <source>supply</source>
        <translation>供水</translation>
    </message>
    <message>
        <source>return</source>
        <translation>回水</translation>
    </message>
    <message>
        <source>no flow</source>
        <translation>无流</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Diagram</source>
        <translation>站点图</translation>
    </message>
    <message>
        <source>Plots</source>
        <translation>曲线</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>对比</translation>
    </message>
    <message>
        <source>Balance</source>
        <translation>平衡</translation>
    </message>
    <message>
        <source>YAML</source>
        <translation>YAML</translation>
    </message>
    <message>
        <source>Scenario</source>
        <translation>场景</translation>
    </message>
    <message>
        <source>Signals</source>
        <translation>信号</translation>
    </message>
    <message>
        <source>Inspector</source>
        <translation>检查器</translation>
    </message>
    <message>
        <source>Key figures</source>
        <translation>关键指标</translation>
    </message>
    <message>
        <source>Problems</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Events</source>
        <translation>事件</translation>
    </message>
    <message>
        <source>Statistics</source>
        <translation>统计</translation>
    </message>
    <message>
        <source>Commands</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Profile:</source>
        <translation>时间尺度：</translation>
    </message>
    <message>
        <source>as in the file</source>
        <translation>按文件</translation>
    </message>
    <message>
        <source>Time scale of the next run</source>
        <translation>下次运行的时间尺度</translation>
    </message>
    <message>
        <source>Open scenarios</source>
        <translation>已打开的场景</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>文件(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>编辑(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>视图(&amp;V)</translation>
    </message>
    <message>
        <source>&amp;Run</source>
        <translation>运行(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Plot</source>
        <translation>绘图(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Window</source>
        <translation>窗口(&amp;W)</translation>
    </message>
    <message>
        <source>Welcome page</source>
        <translation>欢迎页</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>帮助(&amp;H)</translation>
    </message>
    <message>
        <source>Welcome</source>
        <translation>欢迎</translation>
    </message>
    <message>
        <source>Scenario kept in the result</source>
        <translation>结果中保存的场景</translation>
    </message>
    <message>
        <source>Cursor</source>
        <translation>游标</translation>
    </message>
    <message>
        <source>Site</source>
        <translation>站点</translation>
    </message>
    <message>
        <source>PUE of the run</source>
        <translation>本次 PUE</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>就绪</translation>
    </message>
    <message>
        <source>run #%1</source>
        <translation>运行 #%1</translation>
    </message>
    <message>
        <source>%1 samples</source>
        <translation>%1 个样本</translation>
    </message>
    <message>
        <source>ledger residual %1</source>
        <translation>账目残差 %1</translation>
    </message>
    <message>
        <source>%1 MB</source>
        <translation>%1 MB</translation>
    </message>
    <message>
        <source>The language can be changed when no run is in progress</source>
        <translation>没有运行时才能切换语言</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>Cannot write %1</source>
        <translation>无法写入 %1</translation>
    </message>
    <message>
        <source>Wrote %1</source>
        <translation>已写入 %1</translation>
    </message>
    <message>
        <source>Study</source>
        <translation>研究</translation>
    </message>
    <message>
        <source>Not there: %1</source>
        <translation>不存在：%1</translation>
    </message>
    <message>
        <source>Power and cooling</source>
        <translation>供电与制冷</translation>
    </message>
    <message>
        <source>Power</source>
        <translation>供电</translation>
    </message>
    <message>
        <source>Cooling</source>
        <translation>制冷</translation>
    </message>
    <message>
        <source>Which diagrams are shown</source>
        <translation>显示哪些图</translation>
    </message>
    <message>
        <source>Colours</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
</context>
<context>
    <name>ModelCard</name>
    <message>
        <source>Parameters</source>
        <translation>参数</translation>
    </message>
    <message>
        <source>Default</source>
        <translation>默认值</translation>
    </message>
    <message>
        <source>Unit</source>
        <translation>单位</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>required</source>
        <translation>必填</translation>
    </message>
    <message>
        <source>Ports</source>
        <translation>端口</translation>
    </message>
    <message>
        <source>Inputs</source>
        <translation>输入</translation>
    </message>
    <message>
        <source>Variables</source>
        <translation>变量</translation>
    </message>
    <message>
        <source>Outputs</source>
        <translation>输出</translation>
    </message>
    <message>
        <source>Modes</source>
        <translation>模式</translation>
    </message>
</context>
<context>
    <name>ParamRow</name>
    <message>
        <source>must be a whole number</source>
        <translation>必须是整数</translation>
    </message>
    <message>
        <source>scenario</source>
        <translation>场景</translation>
    </message>
    <message>
        <source>required</source>
        <translation>必填</translation>
    </message>
    <message>
        <source>default</source>
        <translation>默认</translation>
    </message>
    <message>
        <source>Default: %1</source>
        <translation>默认：%1</translation>
    </message>
    <message>
        <source>Bounds: %1</source>
        <translation>范围：%1</translation>
    </message>
    <message>
        <source>Source: %1</source>
        <translation>来源：%1</translation>
    </message>
    <message>
        <source>Changed since the last run</source>
        <translation>上次运行后已更改</translation>
    </message>
    <message>
        <source>%1 %2. %3 stays in use.</source>
        <translation>%1 %2。仍使用 %3。</translation>
    </message>
    <message>
        <source>The default</source>
        <translation>默认值</translation>
    </message>
</context>
<context>
    <name>PlotCell</name>
    <message>
        <source>This plot alone, and back</source>
        <translation>单独显示此图 / 还原</translation>
    </message>
    <message>
        <source>Close this plot</source>
        <translation>关闭此图</translation>
    </message>
    <message>
        <source>Empty plot: drag a signal here</source>
        <translation>空图：将信号拖到此处</translation>
    </message>
    <message>
        <source>unit</source>
        <translation>单元</translation>
    </message>
    <message>
        <source>right axis</source>
        <translation>右轴</translation>
    </message>
    <message>
        <source>max</source>
        <translation>最大</translation>
    </message>
    <message>
        <source>unit %1</source>
        <translation>单元 %1</translation>
    </message>
    <message>
        <source>mean</source>
        <translation>平均</translation>
    </message>
    <message>
        <source>Fit all</source>
        <translation>显示全部</translation>
    </message>
    <message>
        <source>Remove %1</source>
        <translation>移除 %1</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>清除</translation>
    </message>
    <message>
        <source>Copy picture and values</source>
        <translation>复制图片和数值</translation>
    </message>
    <message>
        <source>Cannot write %1</source>
        <translation>无法写入 %1</translation>
    </message>
    <message>
        <source>Spectrum</source>
        <translation>频谱</translation>
    </message>
    <message>
        <source>Duration curve</source>
        <translation>持续曲线</translation>
    </message>
    <message>
        <source>x–y plot of the first two</source>
        <translation>前两条曲线的 x–y 图</translation>
    </message>
    <message>
        <source>The units at the cursor, as they stand in the hall</source>
        <translation>游标时刻机房中的各单元</translation>
    </message>
    <message>
        <source>Over time</source>
        <translation>随时间</translation>
    </message>
    <message>
        <source>Hall at the cursor</source>
        <translation>游标时刻的机房</translation>
    </message>
    <message>
        <source>Plot the sum of all units</source>
        <translation>绘制全部单元之和</translation>
    </message>
    <message>
        <source>Percentiles</source>
        <translation>百分位</translation>
    </message>
    <message>
        <source>reading …</source>
        <translation>读取中 …</translation>
    </message>
</context>
<context>
    <name>PlotGrid</name>
    <message>
        <source>Cannot write %1</source>
        <translation>无法写入 %1</translation>
    </message>
</context>
<context>
    <name>ProblemsPanel</name>
    <message>
        <source>Problem</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>Where</source>
        <translation>位置</translation>
    </message>
    <message>
        <source>checking …</source>
        <translation>检查中…</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>errors: %1</source>
        <translation>错误：%1</translation>
    </message>
    <message>
        <source>warnings: %1</source>
        <translation>警告：%1</translation>
    </message>
</context>
<context>
    <name>QObject</name>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
</context>
<context>
    <name>RulerStrip</name>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
</context>
<context>
    <name>RunActions</name>
    <message>
        <source>Run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Check</source>
        <translation>检查</translation>
    </message>
    <message>
        <source>Run the scenario as it stands (Ctrl+R)</source>
        <translation>按当前内容运行场景 (Ctrl+R)</translation>
    </message>
    <message>
        <source>Stop the run; results so far are kept (Esc)</source>
        <translation>停止运行，保留已有结果 (Esc)</translation>
    </message>
    <message>
        <source>Check the scenario without running it (F5)</source>
        <translation>只检查、不运行 (F5)</translation>
    </message>
</context>
<context>
    <name>RunController</name>
    <message>
        <source>Taken from the queue</source>
        <translation>已从队列移除</translation>
    </message>
</context>
<context>
    <name>RunsPanel</name>
    <message>
        <source>Run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Profile</source>
        <translation>时间尺度</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>进度</translation>
    </message>
    <message>
        <source>Left</source>
        <translation>剩余</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>速度</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>显示</translation>
    </message>
    <message>
        <source>Compare others to this run</source>
        <translation>以此运行为参照</translation>
    </message>
    <message>
        <source>Copy path</source>
        <translation>复制路径</translation>
    </message>
    <message>
        <source>Remove from the list</source>
        <translation>从列表移除</translation>
    </message>
    <message>
        <source>(reference)</source>
        <translation>（参照）</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Stop; results so far are kept</source>
        <translation>停止，保留已有结果</translation>
    </message>
    <message>
        <source>%1 running, %2 queued</source>
        <translation>%1 个运行中，%2 个排队</translation>
    </message>
    <message>
        <source>queued</source>
        <translation>排队</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>starting</source>
        <translation>启动中</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
</context>
<context>
    <name>ScenarioTree</name>
    <message>
        <source>Grid and supply</source>
        <translation>电网与电源</translation>
    </message>
    <message>
        <source>Power chain</source>
        <translation>供电链</translation>
    </message>
    <message>
        <source>Battery</source>
        <translation>电池</translation>
    </message>
    <message>
        <source>Cooling</source>
        <translation>制冷</translation>
    </message>
    <message>
        <source>Halls and racks</source>
        <translation>机房与机柜</translation>
    </message>
    <message>
        <source>Computing load</source>
        <translation>算力负载</translation>
    </message>
    <message>
        <source>Controls</source>
        <translation>控制</translation>
    </message>
    <message>
        <source>Environment</source>
        <translation>环境</translation>
    </message>
    <message>
        <source>Blocks</source>
        <translation>模块</translation>
    </message>
    <message>
        <source>Other</source>
        <translation>其他</translation>
    </message>
    <message>
        <source>Filter components</source>
        <translation>筛选部件</translation>
    </message>
    <message>
        <source>block %1</source>
        <translation>模块 %1</translation>
    </message>
    <message>
        <source>Events</source>
        <translation>事件</translation>
    </message>
    <message>
        <source>inherited from %1</source>
        <translation>继承自 %1</translation>
    </message>
</context>
<context>
    <name>Session</name>
    <message>
        <source>This is the source kept in a result; save it to edit it</source>
        <translation>这是结果中保存的场景；另存后方可编辑</translation>
    </message>
    <message>
        <source>Cannot make the folder %1</source>
        <translation>无法创建文件夹 %1</translation>
    </message>
    <message>
        <source>%1: %2 in %3 s</source>
        <translation>%1：%2，用时 %3 秒</translation>
    </message>
    <message>
        <source>%1 was cut off, or is still being written; shown is what it holds</source>
        <translation>%1 不完整或仍在写入；显示已有内容</translation>
    </message>
    <message>
        <source>%1: this run is %2; shown is what it holds</source>
        <translation>%1：此次运行为 %2；显示已有内容</translation>
    </message>
    <message>
        <source>%1 holds key figures only, no curves</source>
        <translation>%1 只含关键指标，没有曲线</translation>
    </message>
</context>
<context>
    <name>SignalTree</name>
    <message>
        <source>Search name, unit or meaning</source>
        <translation>搜索名称、单位或含义</translation>
    </message>
    <message>
        <source>Drag onto a plot, or press Enter</source>
        <translation>拖到图上，或按回车</translation>
    </message>
    <message>
        <source>site</source>
        <translation>站点</translation>
    </message>
    <message>
        <source>All</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Plotted</source>
        <translation>已绘</translation>
    </message>
    <message>
        <source>Power</source>
        <translation>功率</translation>
    </message>
    <message>
        <source>Temp.</source>
        <translation>温度</translation>
    </message>
</context>
<context>
    <name>StatisticsPanel</name>
    <message>
        <source>Signal</source>
        <translation>信号</translation>
    </message>
    <message>
        <source>Unit</source>
        <translation>单位</translation>
    </message>
    <message>
        <source>At cursor</source>
        <translation>游标处</translation>
    </message>
    <message>
        <source>Mean</source>
        <translation>平均</translation>
    </message>
    <message>
        <source>Min</source>
        <translation>最小</translation>
    </message>
    <message>
        <source>Max</source>
        <translation>最大</translation>
    </message>
    <message>
        <source>Std dev</source>
        <translation>标准差</translation>
    </message>
    <message>
        <source>p95</source>
        <translation>p95</translation>
    </message>
    <message>
        <source>Time of max</source>
        <translation>最大值时刻</translation>
    </message>
    <message>
        <source>Integral</source>
        <translation>积分</translation>
    </message>
    <message>
        <source>zoom in</source>
        <translation>请放大</translation>
    </message>
</context>
<context>
    <name>StudyPlot</name>
    <message>
        <source>Shape and colour</source>
        <translation>形状与颜色</translation>
    </message>
    <message>
        <source>more x is better</source>
        <translation>x 越大越好</translation>
    </message>
    <message>
        <source>more y is better</source>
        <translation>y 越大越好</translation>
    </message>
    <message>
        <source>one</source>
        <translation>单一</translation>
    </message>
    <message>
        <source>Pareto front</source>
        <translation>帕累托前沿</translation>
    </message>
    <message>
        <source>%1 of %2 runs are on the front</source>
        <translation>%2 次运行中 %1 次在前沿上</translation>
    </message>
    <message>
        <source>mean %1   p5 %2   median %3   p95 %4   %5 runs</source>
        <translation>平均 %1   p5 %2   中位 %3   p95 %4   %5 次运行</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Run %1</source>
        <translation>运行 %1</translation>
    </message>
    <message>
        <source>Cannot write %1</source>
        <translation>无法写入 %1</translation>
    </message>
</context>
<context>
    <name>StudyView</name>
    <message>
        <source>Run the study</source>
        <translation>运行研究</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Show the file</source>
        <translation>显示文件</translation>
    </message>
    <message>
        <source>Table</source>
        <translation>表格</translation>
    </message>
    <message>
        <source>Scatter</source>
        <translation>散点</translation>
    </message>
    <message>
        <source>Pareto</source>
        <translation>帕累托</translation>
    </message>
    <message>
        <source>Histogram</source>
        <translation>直方图</translation>
    </message>
    <message>
        <source>What matters</source>
        <translation>影响因素</translation>
    </message>
    <message>
        <source>The command steppe cannot be started</source>
        <translation>无法启动 steppe 命令</translation>
    </message>
    <message>
        <source>Open a study file (.yaml), or the folder of its results, to see its runs here.</source>
        <translation>打开研究文件 (.yaml) 或其结果文件夹，即可在此查看各次运行。</translation>
    </message>
    <message>
        <source>Stop the study that is running first</source>
        <translation>请先停止正在运行的研究</translation>
    </message>
    <message>
        <source>%1 runs, none of them made yet</source>
        <translation>共 %1 次运行，尚未开始</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>%1 of %2 runs, %3 without a valid result. Double-click opens a run.</source>
        <translation>%2 次运行完成 %1 次，%3 次无有效结果。双击打开一次运行。</translation>
    </message>
    <message>
        <source>Input</source>
        <translation>输入</translation>
    </message>
    <message>
        <source>Figure</source>
        <translation>指标</translation>
    </message>
    <message>
        <source>Part of the variance, %</source>
        <translation>方差占比，%</translation>
    </message>
    <message>
        <source>Rank correlation</source>
        <translation>秩相关</translation>
    </message>
    <message>
        <source>The command steppe is not beside this program</source>
        <translation>程序旁没有 steppe 命令</translation>
    </message>
    <message>
        <source>Running with %1 processes …</source>
        <translation>以 %1 个进程运行…</translation>
    </message>
    <message>
        <source>%1 of %2 runs, %3 failed</source>
        <translation>%1 / %2 次运行，%3 次失败</translation>
    </message>
    <message>
        <source>, %1 s left</source>
        <translation>，剩余 %1 秒</translation>
    </message>
    <message>
        <source>The study ended with code %1</source>
        <translation>研究以代码 %1 结束</translation>
    </message>
    <message>
        <source>Run %1 left no result: %2</source>
        <translation>运行 %1 没有结果：%2</translation>
    </message>
    <message>
        <source>Cannot write %1</source>
        <translation>无法写入 %1</translation>
    </message>
</context>
<context>
    <name>TimeRuler</name>
    <message>
        <source>Previous event (Shift+E)</source>
        <translation>上一事件 (Shift+E)</translation>
    </message>
    <message>
        <source>Play (Space)</source>
        <translation>播放 (空格)</translation>
    </message>
    <message>
        <source>Next event (E)</source>
        <translation>下一事件 (E)</translation>
    </message>
    <message>
        <source>Simulated seconds per second of play</source>
        <translation>每秒播放的仿真秒数</translation>
    </message>
</context>
<context>
    <name>ViewActions</name>
    <message>
        <source>Dark colours</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Fit all</source>
        <translation>显示全部</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>播放</translation>
    </message>
    <message>
        <source>Next event</source>
        <translation>下一事件</translation>
    </message>
    <message>
        <source>Previous event</source>
        <translation>上一事件</translation>
    </message>
    <message>
        <source>Zoom back</source>
        <translation>缩放后退</translation>
    </message>
    <message>
        <source>Zoom forward</source>
        <translation>缩放前进</translation>
    </message>
    <message>
        <source>Add plot</source>
        <translation>添加曲线图</translation>
    </message>
    <message>
        <source>Show equal units one by one</source>
        <translation>逐个显示相同单元</translation>
    </message>
    <message>
        <source>All keys</source>
        <translation>全部快捷键</translation>
    </message>
    <message>
        <source>About steppe</source>
        <translation>关于 steppe</translation>
    </message>
    <message>
        <source>&lt;h3&gt;steppe %1&lt;/h3&gt;&lt;p&gt;Power and cooling digital twin of AI data centers.&lt;/p&gt;&lt;p&gt;The desktop app contains QCustomPlot and is under the GPL, version 3.&lt;/p&gt;</source>
        <translation>&lt;h3&gt;steppe %1&lt;/h3&gt;&lt;p&gt;智算中心供电与制冷数字孪生。&lt;/p&gt;&lt;p&gt;桌面程序包含 QCustomPlot，按 GPL 第 3 版发布。&lt;/p&gt;</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Grid</source>
        <translation>电网</translation>
    </message>
    <message>
        <source>Clear all plots</source>
        <translation>清空所有图</translation>
    </message>
    <message>
        <source>Keys and mouse</source>
        <translation>键盘与鼠标</translation>
    </message>
    <message>
        <source>Commands</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>Mouse in a plot</source>
        <translation>图中的鼠标</translation>
    </message>
    <message>
        <source>Wheel</source>
        <translation>滚轮</translation>
    </message>
    <message>
        <source>Zoom at the pointer; over an axis: that axis</source>
        <translation>在指针处缩放；在轴上只缩放该轴</translation>
    </message>
    <message>
        <source>Drag</source>
        <translation>拖动</translation>
    </message>
    <message>
        <source>Zoom to a rectangle</source>
        <translation>框选放大</translation>
    </message>
    <message>
        <source>Shift + drag</source>
        <translation>Shift + 拖动</translation>
    </message>
    <message>
        <source>Move the cursor</source>
        <translation>移动游标</translation>
    </message>
    <message>
        <source>Ctrl + drag, middle</source>
        <translation>Ctrl + 拖动、中键</translation>
    </message>
    <message>
        <source>Pan</source>
        <translation>平移</translation>
    </message>
    <message>
        <source>Double click</source>
        <translation>双击</translation>
    </message>
    <message>
        <source>Click</source>
        <translation>单击</translation>
    </message>
    <message>
        <source>Set the cursor</source>
        <translation>设置游标</translation>
    </message>
    <message>
        <source>Drop at the right edge</source>
        <translation>放到右边缘</translation>
    </message>
    <message>
        <source>Second axis</source>
        <translation>第二轴</translation>
    </message>
    <message>
        <source>Next / previous event</source>
        <translation>下一 / 上一事件</translation>
    </message>
    <message>
        <source>Step the cursor</source>
        <translation>步进游标</translation>
    </message>
    <message>
        <source>Space</source>
        <translation>空格</translation>
    </message>
    <message>
        <source>Zoom the diagram / fit</source>
        <translation>缩放站点图 / 适合</translation>
    </message>
    <message>
        <source>Model card of the selection</source>
        <translation>所选部件的模型说明</translation>
    </message>
    <message>
        <source>Plot a signal first</source>
        <translation>请先绘制信号</translation>
    </message>
    <message>
        <source>Spectrum</source>
        <translation>频谱</translation>
    </message>
    <message>
        <source>Duration curve</source>
        <translation>持续曲线</translation>
    </message>
    <message>
        <source>Percentiles</source>
        <translation>百分位</translation>
    </message>
    <message>
        <source>x–y plot of the first two</source>
        <translation>前两条曲线的 x–y 图</translation>
    </message>
    <message>
        <source>Select a component first: its model is then explained here</source>
        <translation>请先选择部件，即可查看其模型说明</translation>
    </message>
    <message>
        <source>%1 is a block, not a model</source>
        <translation>%1 是模块，不是模型</translation>
    </message>
    <message>
        <source>x–y</source>
        <translation>x–y</translation>
    </message>
</context>
<context>
    <name>WelcomePage</name>
    <message>
        <source>Welcome to steppe</source>
        <translation>欢迎使用 steppe</translation>
    </message>
    <message>
        <source>Digital twin of the power and cooling of an AI data center: power, temperatures and latency, second by second.</source>
        <translation>人工智能数据中心的供电与制冷数字孪生：逐秒计算功率、温度与时延。</translation>
    </message>
    <message>
        <source>Shipped scenarios</source>
        <translation>随附场景</translation>
    </message>
    <message>
        <source>Filter scenarios</source>
        <translation>筛选场景</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Open scenario</source>
        <translation>查看场景</translation>
    </message>
    <message>
        <source>No scenarios were found beside the program. Open one, or start a new one.</source>
        <translation>程序旁没有场景。请打开或新建一个。</translation>
    </message>
    <message>
        <source>New scenario</source>
        <translation>新建场景</translation>
    </message>
    <message>
        <source>Open file …</source>
        <translation>打开文件…</translation>
    </message>
    <message>
        <source>Recently opened</source>
        <translation>最近打开</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>清除</translation>
    </message>
    <message>
        <source>%1 has been moved or removed</source>
        <translation>%1 已移走或删除</translation>
    </message>
    <message>
        <source>Nothing yet</source>
        <translation>暂无</translation>
    </message>
    <message>
        <source>Drop files here</source>
        <translation>将文件拖放到此处</translation>
    </message>
    <message>
        <source>scenario .yaml · result .h5
weather .epw · load trace .csv</source>
        <translation>场景 .yaml · 结果 .h5
气象 .epw · 负载轨迹 .csv</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>常用快捷键</translation>
    </message>
    <message>
        <source>Stop, results are kept</source>
        <translation>停止并保留结果</translation>
    </message>
    <message>
        <source>Next event</source>
        <translation>下一事件</translation>
    </message>
    <message>
        <source>Find a signal</source>
        <translation>查找信号</translation>
    </message>
    <message>
        <source>All keys</source>
        <translation>全部快捷键</translation>
    </message>
    <message>
        <source>All</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Power</source>
        <translation>供电</translation>
    </message>
    <message>
        <source>Cooling</source>
        <translation>制冷</translation>
    </message>
    <message>
        <source>Computing</source>
        <translation>算力</translation>
    </message>
    <message>
        <source>Studies</source>
        <translation>研究</translation>
    </message>
    <message>
        <source>study</source>
        <translation>研究</translation>
    </message>
    <message>
        <source>moved or removed</source>
        <translation>文件已移走</translation>
    </message>
</context>
<context>
    <name>WhyPanel</name>
    <message>
        <source>Why the runs differ</source>
        <translation>两次运行为何不同</translation>
    </message>
    <message>
        <source>Which run is explained against A</source>
        <translation>选择与 A 对比说明的运行</translation>
    </message>
    <message>
        <source>%1 costs the same</source>
        <translation>%1 费用相同</translation>
    </message>
    <message>
        <source>%1 uses the same energy</source>
        <translation>%1 用能相同</translation>
    </message>
    <message>
        <source>%1 is cheaper</source>
        <translation>%1 更省钱</translation>
    </message>
    <message>
        <source>%1 is dearer</source>
        <translation>%1 更贵</translation>
    </message>
    <message>
        <source>%1 uses less energy</source>
        <translation>%1 用能更少</translation>
    </message>
    <message>
        <source>%1 uses more energy</source>
        <translation>%1 用能更多</translation>
    </message>
    <message>
        <source>Two runs with key figures explain each other here.</source>
        <translation>有两次带关键指标的运行时，在此说明差异。</translation>
    </message>
    <message>
        <source>Other</source>
        <translation>其他</translation>
    </message>
    <message>
        <source>saves</source>
        <translation>节省</translation>
    </message>
    <message>
        <source>uses less</source>
        <translation>减少</translation>
    </message>
    <message>
        <source>costs more</source>
        <translation>增加费用</translation>
    </message>
    <message>
        <source>uses more</source>
        <translation>增加</translation>
    </message>
    <message>
        <source>Inputs that differ</source>
        <translation>不同的输入</translation>
    </message>
</context>
<context>
    <name>Words</name>
    <message>
        <source>Sun</source>
        <translation>周日</translation>
    </message>
    <message>
        <source>Mon</source>
        <translation>周一</translation>
    </message>
    <message>
        <source>Tue</source>
        <translation>周二</translation>
    </message>
    <message>
        <source>Wed</source>
        <translation>周三</translation>
    </message>
    <message>
        <source>Thu</source>
        <translation>周四</translation>
    </message>
    <message>
        <source>Fri</source>
        <translation>周五</translation>
    </message>
    <message>
        <source>Sat</source>
        <translation>周六</translation>
    </message>
    <message>
        <source>Jan</source>
        <translation>1月</translation>
    </message>
    <message>
        <source>Feb</source>
        <translation>2月</translation>
    </message>
    <message>
        <source>Mar</source>
        <translation>3月</translation>
    </message>
    <message>
        <source>Apr</source>
        <translation>4月</translation>
    </message>
    <message>
        <source>May</source>
        <translation>5月</translation>
    </message>
    <message>
        <source>Jun</source>
        <translation>6月</translation>
    </message>
    <message>
        <source>Jul</source>
        <translation>7月</translation>
    </message>
    <message>
        <source>Aug</source>
        <translation>8月</translation>
    </message>
    <message>
        <source>Sep</source>
        <translation>9月</translation>
    </message>
    <message>
        <source>Oct</source>
        <translation>10月</translation>
    </message>
    <message>
        <source>Nov</source>
        <translation>11月</translation>
    </message>
    <message>
        <source>Dec</source>
        <translation>12月</translation>
    </message>
    <message>
        <source>complete</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>已取消</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>invalid</source>
        <translation>无效</translation>
    </message>
    <message>
        <source>cut off</source>
        <translation>被截断</translation>
    </message>
    <message>
        <source>%1 %2 %3 %4 %5</source>
        <extracomment>weekday, day, month, year, time</extracomment>
        <translation>%4年%3%2日 %1 %5</translation>
    </message>
    <message>
        <source>%1 %2</source>
        <extracomment>day, month</extracomment>
        <translation>%2%1日</translation>
    </message>
    <message>
        <source>blocked</source>
        <translation>闭锁</translation>
    </message>
    <message>
        <source>charging</source>
        <translation>充电</translation>
    </message>
    <message>
        <source>clear</source>
        <translation>无霜</translation>
    </message>
    <message>
        <source>closed</source>
        <translation>闭合</translation>
    </message>
    <message>
        <source>connected</source>
        <translation>已接通</translation>
    </message>
    <message>
        <source>discharging</source>
        <translation>放电</translation>
    </message>
    <message>
        <source>freezing</source>
        <translation>结霜</translation>
    </message>
    <message>
        <source>full</source>
        <translation>已满</translation>
    </message>
    <message>
        <source>held</source>
        <translation>保持</translation>
    </message>
    <message>
        <source>hold_up</source>
        <translation>电容支撑</translation>
    </message>
    <message>
        <source>idle</source>
        <translation>空闲</translation>
    </message>
    <message>
        <source>island</source>
        <translation>孤岛</translation>
    </message>
    <message>
        <source>locked</source>
        <translation>锁定</translation>
    </message>
    <message>
        <source>lost</source>
        <translation>失电</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>off</source>
        <translation>停用</translation>
    </message>
    <message>
        <source>on</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>open</source>
        <translation>断开</translation>
    </message>
    <message>
        <source>ready</source>
        <translation>就绪</translation>
    </message>
    <message>
        <source>recovering</source>
        <translation>恢复中</translation>
    </message>
    <message>
        <source>restarting</source>
        <translation>重启中</translation>
    </message>
    <message>
        <source>running</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>sag</source>
        <translation>电压暂降</translation>
    </message>
    <message>
        <source>standby</source>
        <translation>备用</translation>
    </message>
    <message>
        <source>starting</source>
        <translation>启动中</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>已停</translation>
    </message>
    <message>
        <source>tripped</source>
        <translation>跳闸</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>等待</translation>
    </message>
    <message>
        <source>warming</source>
        <translation>加热中</translation>
    </message>
    <message>
        <source>trip</source>
        <translation>跳闸</translation>
    </message>
    <message>
        <source>start</source>
        <translation>启动</translation>
    </message>
    <message>
        <source>stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>reset</source>
        <translation>复归</translation>
    </message>
    <message>
        <source>fail</source>
        <translation>故障</translation>
    </message>
    <message>
        <source>restore</source>
        <translation>恢复</translation>
    </message>
    <message>
        <source>close</source>
        <translation>合闸</translation>
    </message>
    <message>
        <source>weather</source>
        <translation>天气</translation>
    </message>
    <message>
        <source>block</source>
        <translation>闭锁</translation>
    </message>
    <message>
        <source>transfer</source>
        <translation>切换</translation>
    </message>
    <message>
        <source>limit</source>
        <translation>限制</translation>
    </message>
    <message>
        <source>start up</source>
        <translation>启动</translation>
    </message>
    <message>
        <source>shut down</source>
        <translation>停机</translation>
    </message>
    <message>
        <source>state</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Energy site</source>
        <translation>站点能耗</translation>
    </message>
    <message>
        <source>Energy IT</source>
        <translation>IT 能耗</translation>
    </message>
    <message>
        <source>Energy cooling</source>
        <translation>制冷能耗</translation>
    </message>
    <message>
        <source>Energy loss chain</source>
        <translation>供电链损耗</translation>
    </message>
    <message>
        <source>Energy other</source>
        <translation>其他能耗</translation>
    </message>
    <message>
        <source>Energy grid import</source>
        <translation>电网购电量</translation>
    </message>
    <message>
        <source>Energy grid export</source>
        <translation>向电网送电量</translation>
    </message>
    <message>
        <source>Energy renewable</source>
        <translation>风光发电量</translation>
    </message>
    <message>
        <source>Peak site power</source>
        <translation>站点峰值功率</translation>
    </message>
    <message>
        <source>Peak site power 15 min</source>
        <translation>15 分钟峰值功率</translation>
    </message>
    <message>
        <source>Load factor</source>
        <translation>负荷率</translation>
    </message>
    <message>
        <source>Energy per output token</source>
        <translation>每输出词元能耗</translation>
    </message>
    <message>
        <source>GPU energy per output token</source>
        <translation>每输出词元 GPU 能耗</translation>
    </message>
    <message>
        <source>Carbon</source>
        <translation>碳排放</translation>
    </message>
    <message>
        <source>Water</source>
        <translation>耗水</translation>
    </message>
    <message>
        <source>Carbon per million output tokens</source>
        <translation>每百万输出词元碳排放</translation>
    </message>
    <message>
        <source>Max inlet temperature</source>
        <translation>最高进风温度</translation>
    </message>
    <message>
        <source>Max coolant temperature</source>
        <translation>最高冷却液温度</translation>
    </message>
    <message>
        <source>Battery throughput</source>
        <translation>电池吞吐量</translation>
    </message>
    <message>
        <source>Battery equivalent full cycles</source>
        <translation>电池等效满循环</translation>
    </message>
    <message>
        <source>Battery min soc</source>
        <translation>电池最低荷电状态</translation>
    </message>
    <message>
        <source>Battery capacity fade</source>
        <translation>电池容量衰减</translation>
    </message>
    <message>
        <source>Battery resistance rise</source>
        <translation>电池内阻增长</translation>
    </message>
    <message>
        <source>Unserved energy</source>
        <translation>未供电量</translation>
    </message>
    <message>
        <source>Ledger residual energy</source>
        <translation>电能账目残差</translation>
    </message>
    <message>
        <source>Ledger residual heat</source>
        <translation>热量账目残差</translation>
    </message>
    <message>
        <source>Ledger residual tokens</source>
        <translation>词元账目残差</translation>
    </message>
    <message>
        <source>Requests arrived</source>
        <translation>到达请求</translation>
    </message>
    <message>
        <source>Requests completed</source>
        <translation>完成请求</translation>
    </message>
    <message>
        <source>Requests rejected</source>
        <translation>拒绝请求</translation>
    </message>
    <message>
        <source>Tokens in</source>
        <translation>输入词元</translation>
    </message>
    <message>
        <source>Tokens out</source>
        <translation>输出词元</translation>
    </message>
    <message>
        <source>SLO attainment</source>
        <translation>SLO 达成率</translation>
    </message>
    <message>
        <source>GPU energy</source>
        <translation>GPU 能耗</translation>
    </message>
    <message>
        <source>Hours free cooling</source>
        <translation>自然冷却小时</translation>
    </message>
    <message>
        <source>Hours partial mechanical</source>
        <translation>部分机械制冷小时</translation>
    </message>
    <message>
        <source>Hours mechanical</source>
        <translation>机械制冷小时</translation>
    </message>
    <message>
        <source>Cost energy</source>
        <translation>电量电费</translation>
    </message>
    <message>
        <source>Cost demand</source>
        <translation>需量电费</translation>
    </message>
    <message>
        <source>Cost total</source>
        <translation>总电费</translation>
    </message>
    <message>
        <source>Cost per million output tokens</source>
        <translation>每百万输出词元成本</translation>
    </message>
    <message>
        <source>UPS transfers</source>
        <translation>UPS 切换次数</translation>
    </message>
    <message>
        <source>Ride through violations</source>
        <translation>穿越越限次数</translation>
    </message>
    <message>
        <source>Until</source>
        <translation>时长</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>随机种子</translation>
    </message>
    <message>
        <source>Altitude</source>
        <translation>海拔</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>开始时间</translation>
    </message>
</context>
<context>
    <name>YamlView</name>
    <message>
        <source>Text of the scenario</source>
        <translation>场景文本</translation>
    </message>
    <message>
        <source>typing</source>
        <translation>输入</translation>
    </message>
</context>
</TS>
