package main

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/eosc-perf/backend/core/audit"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/maintenance"
	"github.com/eosc-perf/backend/core/plural"
)

func auditCommand(open opener) *cobra.Command {
	return group(&cobra.Command{
		Use:   "audit",
		Short: "Verify and export the audit trail, and make the key that signs it",
	}, auditVerifyCommand(open), auditExportCommand(open), auditKeygenCommand())
}

func (d *database) audit() maintenance.Audit { return maintenance.Audit{Storage: d.store} }

func auditVerifyCommand(open opener) *cobra.Command {
	var keyFiles []string
	var earlier string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Find out whether the audit trail was changed",
		Long: `Follow the audit trail from its beginning to its end, and compare it with its
checkpoints. The command names the first entry that was changed, removed or inserted,
and ends with status 3.

Without --key, or with a key that signed nothing, whoever can write the database can
write a whole new trail. With the key, nothing before the last signed checkpoint can
be changed unnoticed; but the newest checkpoints can be removed together with the
entries before them. --earlier shows that: it names an earlier output of "audit export",
or the line of its last entry, that was kept on another machine.`,
		Example: `  admin audit verify
  admin audit verify --key audit.pem.pub --earlier trail-of-yesterday.ndjson`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			proof, err := readProof(keyFiles, earlier)
			if err != nil {
				return misused(err)
			}
			return onDatabase(cmd.Context(), open, func(ctx context.Context, db *database) error {
				report, err := db.audit().Verify(ctx, operator, proof)
				if _, broken := errors.AsType[*audit.Broken](err); broken {
					return found(fmt.Errorf("the audit trail is broken: %w", err))
				}
				if err != nil {
					return err
				}
				if asJSON {
					return json.NewEncoder(cmd.OutOrStdout()).Encode(report)
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "The audit trail is whole: %s from %d, %s removed on purpose.\n%s\n",
					plural.Count(report.Entries, "entry", "entries"), report.First, plural.Count(report.Removed, "text", "texts"),
					signatures(report, len(proof.Keys) > 0))
				if err == nil && len(proof.Earlier) > 0 {
					_, err = fmt.Fprintln(cmd.OutOrStdout(), earlierSentence(report))
				}
				return err
			})
		},
	}
	cmd.Flags().StringArrayVar(&keyFiles, "key", nil, "file with the public or the private key that signed the checkpoints; may be repeated")
	cmd.Flags().StringVar(&earlier, "earlier", "", "file with an earlier output of audit export, or with the line of its last entry")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON object")
	return cmd
}

// signatures says what was verified of the checkpoints.
func signatures(report maintenance.AuditReport, hasKey bool) string {
	others := ""
	if hasKey && report.Unsigned > 0 {
		others = " " + plural.Count(report.Unsigned, "checkpoint is", "checkpoints are") + " of other keys, and " +
			plural.Of(report.Unsigned, "its signature was", "their signatures were") + " not verified."
	}
	switch {
	case report.Signed > 0:
		return fmt.Sprintf("The key has signed %s, the last at entry %d.", plural.Count(report.Signed, "checkpoint", "checkpoints"),
			report.LastSigned) + others
	case hasKey:
		return "The key has signed no checkpoint." + others
	}
	return plural.Count(report.Unsigned, "checkpoint fits; its signature was", "checkpoints fit; their signatures were") +
		" not verified: give --key."
}

// earlierSentence says what was compared with the earlier export.
func earlierSentence(report maintenance.AuditReport) string {
	if report.Earlier == 0 {
		return "The earlier export ends before the first entry of today: nothing of it was compared."
	}
	return "The trail continues the earlier export."
}

// readProof reads the files with which the trail is compared.
func readProof(keyFiles []string, earlier string) (proof maintenance.AuditProof, err error) {
	for _, file := range keyFiles {
		key, err := readPublicKey(file)
		if err != nil {
			return proof, err
		}
		proof.Keys = append(proof.Keys, key)
	}
	if earlier != "" {
		proof.Earlier, err = readHeads(earlier)
	}
	return proof, err
}

// readHeads reads an output of audit export: the places of its checkpoints, and of its last entry,
// whose hash depends on all entries before.
func readHeads(path string) (heads []domain.AuditHead, err error) {
	file, err := os.Open(path) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, fmt.Errorf("read the earlier export: %w", err)
	}
	defer func() { _ = file.Close() }()
	type place struct {
		Seq  int64  `json:"seq"`
		Hash string `json:"hash"`
	}
	var last place
	for lines := json.NewDecoder(file); ; {
		var line struct{ Entry, Checkpoint place }
		err := lines.Decode(&line)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil || line.Entry.Hash+line.Checkpoint.Hash == "" {
			return nil, fmt.Errorf("%s is no output of `admin audit export`", path)
		}
		if line.Checkpoint.Hash != "" {
			heads = append(heads, domain.AuditHead(line.Checkpoint))
		}
		if line.Entry.Seq > last.Seq {
			last = line.Entry
		}
	}
	if last.Seq > 0 {
		heads = append(heads, domain.AuditHead(last))
	}
	if len(heads) == 0 {
		return nil, fmt.Errorf("%s has no entry and no checkpoint", path)
	}
	return heads, nil
}

func readPublicKey(path string) (ed25519.PublicKey, error) {
	text, err := os.ReadFile(path) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, fmt.Errorf("read the key: %w", err)
	}
	key, err := audit.ParsePublicKey(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return key, nil
}

func auditExportCommand(open opener) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write the audit trail as JSON lines",
		Long: `Write each entry of the audit trail as a line {"entry": {...}}, and then each
checkpoint as a line {"checkpoint": {...}}. An entry has all that its hash is
calculated from: docs/how-to/operate-identity.md shows how.`,
		Example: "  admin audit export > trail.ndjson",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return onDatabase(cmd.Context(), open, func(ctx context.Context, db *database) error {
				encoder := json.NewEncoder(cmd.OutOrStdout())
				encoder.SetEscapeHTML(false)
				return db.audit().Export(ctx, operator, func(e maintenance.ExportedEntry) error {
					return encoder.Encode(map[string]any{"entry": e})
				}, func(c domain.AuditCheckpoint) error {
					return encoder.Encode(map[string]any{"checkpoint": map[string]any{
						"kind": c.Kind, "seq": c.Seq, "hash": c.Hash, "time": domain.PrintTime(c.At), "key": c.Key, "signature": c.Signature,
					}})
				})
			})
		},
	}
	cmd.Flags().Bool("json", false, "no effect: the output is always JSON, a line for each entry")
	return cmd
}

func auditKeygenCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "keygen FILE",
		Short: "Make a key that signs the audit trail",
		Long: `Make a key for AUDIT_KEY_FILE. FILE gets the private key, which only its owner can
read, and FILE.pub the public key. Keep a copy of the public key on another machine:
` + "`admin audit verify --key`" + ` needs it. Files that exist are not overwritten.`,
		Example: "  admin audit keygen /etc/eosc-perf/audit.pem",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			private, public, err := audit.NewKey()
			if err != nil {
				return err
			}
			if err := writeNew(args[0], private, 0o600); err != nil {
				return err
			}
			if err := writeNew(args[0]+".pub", public, 0o644); err != nil {
				return err
			}
			key, err := audit.ParsePublicKey(public)
			if err != nil {
				return err
			}
			made := madeKey{audit.KeyID(key), args[0], args[0] + ".pub"}
			if asJSON {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(made)
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "key %s: %s, and the public key %s\n", made.ID, made.Private, made.Public)
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON object")
	return cmd
}

// madeKey names a new key and its files.
type madeKey struct {
	ID      string `json:"id"`
	Private string `json:"private"`
	Public  string `json:"public"`
}

// writeNew writes a file that does not exist.
func writeNew(path string, text []byte, mode os.FileMode) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode) //nolint:gosec // the operator names the file
	if err != nil {
		return fmt.Errorf("write the key: %w; name a new file in a folder that this user may write", err)
	}
	_, err = file.Write(text)
	return errors.Join(err, file.Close())
}
