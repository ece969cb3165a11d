package dataset

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
)

// flags are the features of a current processor, as the operating system lists them.
const flags = "3dnowprefetch abm acpi adx aes apic arat avx avx2 bmi1 bmi2 clflush clflushopt cmov cmp_legacy cpuid cr8_legacy cx16 cx8 " +
	"constant_tsc de erms " +
	"extd_apicid f16c fma fpu fsgsbase fxsr fxsr_opt ht hypervisor lahf_lm lm mca mce misalignsse mmx mmxext movbe msr mtrr " +
	"nonstop_tsc nopl nx osvw osxsave pae pat pclmulqdq pdpe1gb pge pni popcnt pse pse36 rdrand rdseed rdtscp sep smap smep sse sse2 sse4_1 " +
	"sse4_2 sse4a ssse3 ssbd stibp syscall tsc_adjust tsc_deadline_timer tsc_known_freq tscdeadline topoext tsc vme x2apic xsave " +
	"xsavec xsaveopt"

var flagList = `["` + strings.ReplaceAll(flags, " ", `","`) + `"]`

var brands = []string{
	"AMD EPYC 7551 32-Core Processor",
	"AMD EPYC 7702 64-Core Processor",
	"Intel(R) Xeon(R) Gold 6130 CPU @ 2.10GHz",
	"Intel Xeon Processor (Skylake, IBRS)",
}

// document returns a document like the output of a run of c-ray, about 1.5 KB.
func document(random *rand.Rand, cores int, score float64) []byte {
	hz := 2_000_000_000 + random.Int64N(1_600_000_000)
	friendly := fmt.Sprintf("%.4f GHz", float64(hz)/1e9)
	spread := func() float64 { return score * (0.98 + 0.04*random.Float64()) }
	return fmt.Appendf(nil, `{"arguments":"Total Time - 4K, 16 Rays Per Pixel","machine":{"cpu":{"arch":"X86_64","arch_string_raw":"x86_64",`+
		`"bits":64,"brand_raw":%q,"count":%d,"cpuinfo_version":[7,0,0],"cpuinfo_version_string":"7.0.0","family":%d,"flags":%s,`+
		`"hz_actual":[%d,0],"hz_actual_friendly":%q,"hz_advertised":[%d,0],"hz_advertised_friendly":%q,`+
		`"l1_data_cache_size":"%d KiB","l1_instruction_cache_size":"%d KiB","l2_cache_associativity":6,"l2_cache_line_size":%d,`+
		`"l2_cache_size":"%d KiB",`+
		`"l3_cache_size":"%d KiB","model":%d,"python_version":"3.6.9.final.0 (64 bit)","stepping":%d,"vendor_id_raw":"GenuineIntel"}},`+
		`"result":{"all_results":"%.3f:%.3f:%.3f","score":%.3f},"test":"pts/c-ray-1.2.0","units":"Seconds"}`,
		brands[random.IntN(len(brands))], cores, 6+random.IntN(20), flagList, hz, friendly, hz, friendly,
		32<<random.IntN(2), 32<<random.IntN(2), 256<<random.IntN(3), 512<<random.IntN(3), 16384<<random.IntN(3),
		random.IntN(128), random.IntN(8), spread(), spread(), spread(), score)
}

// described are the values of a processor in the schema, and their types.
var described = []struct{ name, kind, text string }{
	{"arch", "string", "Processor architecture, as the operating system names it"},
	{"arch_string_raw", "string", "The same as the kernel spells it"},
	{"bits", "number", "Processor address size"},
	{"brand_raw", "string", "Human-readable processor branding"},
	{"cpuinfo_version_string", "string", "Version of the tool that read all these values"},
	{"family", "number", "Family of the processor, by its maker"},
	{"hz_actual_friendly", "string", "Human-readable frequency at the time of the run"},
	{"hz_advertised_friendly", "string", "Human-readable frequency that the maker promises"},
	{"l1_data_cache_size", "string", "First level cache for data, of each core"},
	{"l1_instruction_cache_size", "string", "First level cache for instructions, of each core"},
	{"l2_cache_associativity", "number", "Ways of the second level cache"},
	{"l2_cache_line_size", "number", "Bytes in a line of the second level cache"},
	{"l2_cache_size", "string", "Second level cache, of each core"},
	{"l3_cache_size", "string", "Third level cache, shared by cores"},
	{"model", "number", "Model of the processor, by its maker"},
	{"python_version", "string", "Interpreter that ran the benchmark"},
	{"stepping", "number", "Revision of the model"},
	{"vendor_id_raw", "string", "Maker of the processor"},
}

// schemaSize is the approximate size of a schema in bytes.
const schemaSize = 6000

// Schema returns the schema of a benchmark, about 6 KB. It names 23 values, and the lists of
// flags and of the frequency.
func Schema(benchmark int) []byte {
	object := func(properties map[string]any, required ...string) map[string]any {
		return map[string]any{"type": "object", "properties": properties, "required": required}
	}
	cpu := map[string]any{
		"count": map[string]any{"type": "number", "minimum": 1, "suggestToUser": true, "description": "Processor core count"},
		"flags": map[string]any{"type": "array", "items": map[string]any{"type": "string"}, "description": "Features of the processor"},
		"hz_actual": map[string]any{
			"type": "array", "items": map[string]any{"type": "number"}, "description": "Frequency in hertz, and its exponent",
		},
	}
	for _, d := range described {
		cpu[d.name] = map[string]any{"type": d.kind, "description": d.text}
	}
	schema := object(map[string]any{
		"arguments": map[string]any{"const": "Total Time - 4K, 16 Rays Per Pixel"},
		"machine":   object(map[string]any{"cpu": object(cpu, "count")}, "cpu"),
		"result": object(map[string]any{
			"all_results": map[string]any{"type": "string", "description": "All scores of the run"},
			"score": map[string]any{
				"type":          "number",
				"minimum":       0,
				"suggestToUser": true,
				"description":   "Average time in seconds, lower is better",
				"metric": map[string]any{
					"unit": "s", "better": "lower", "samples": "result.all_results", "resource": "machine.cpu.count",
					"label": "machine.cpu.brand_raw", "default": true,
				},
			},
		}, "all_results", "score"),
		"test":  map[string]any{"const": "pts/c-ray-1.2.0"},
		"units": map[string]any{"const": "Seconds"},
	}, "arguments", "machine", "result", "test", "units")
	schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	const sentence = "Runs of one image are compared with each other only. "
	schema["description"] = ""
	missing := max(0, schemaSize-len(encode(schema)))
	schema["description"] = fmt.Sprintf("Benchmark %d. ", benchmark) + strings.Repeat(sentence, missing/len(sentence))
	return encode(schema)
}

func encode(schema map[string]any) []byte {
	text, err := json.Marshal(schema)
	if err != nil {
		panic(err) // texts and numbers can always be encoded
	}
	return text
}
