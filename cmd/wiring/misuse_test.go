package wiring

import (
	"errors"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

func TestMisuseNamesTheUsage(t *testing.T) {
	for _, c := range []struct {
		name string
		args []string
		want string
	}{
		{"no argument", []string{"copy"}, "accepts 1 arg(s), received 0\nusage: program copy FILE [flags]\n\"program copy --help\" says more"},
		{"an unknown flag", []string{"copy", "x", "--nope"}, "unknown flag: --nope\nusage: program copy FILE [flags]\n"},
		{"a flag without its value", []string{"copy", "x", "--label"}, "flag needs an argument: --label\nusage: program copy FILE"},
		{"a flag that is missing", []string{"copy", "x"}, "required flag(s) \"label\" not set\nusage: program copy FILE"},
		{"an unknown command", []string{"move"}, "unknown command \"move\" for \"program\"\nusage: program"},
		{"an error of the work", []string{"copy", "x", "--label", "y"}, "the disk is full"},
	} {
		t.Run(c.name, func(t *testing.T) {
			root := &cobra.Command{Use: "program", Args: cobra.NoArgs, Run: func(*cobra.Command, []string) {}}
			root.SilenceErrors, root.SilenceUsage = true, true
			work := &cobra.Command{Use: "copy FILE", Args: cobra.ExactArgs(1), RunE: func(*cobra.Command, []string) error {
				return errors.New("the disk is full")
			}}
			work.Flags().String("label", "", "")
			if err := work.MarkFlagRequired("label"); err != nil {
				t.Fatal(err)
			}
			root.AddCommand(work)
			explainMisuse(root)
			root.SetArgs(c.args)
			cmd, err := root.ExecuteC()
			if err = explained(cmd, err); err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("%q: %v, want %s", c.args, err, c.want)
			}
		})
	}
}
