package postgres

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
)

// health implements session.Health.
type health struct{}

var (
	checkServer        = statements.Text("check_server")
	writeTemporaryFile = statements.Text("write_temporary_file")
	connectionLimits   = statements.Text("connection_limits")
)

// Check implements session.Health: is the server one that can be written to, and may this
// role write?
func (health) Check(ctx context.Context, db *gorm.DB) error {
	var found struct {
		IsStandby, IsReadOnly         bool
		ReplicationRole, Role, Denied string
		Hidden                        string
	}
	if err := db.WithContext(ctx).Raw(checkServer, map[string]any{"tables": tables.Names()}).Scan(&found).Error; err != nil {
		return err
	}
	switch {
	case found.IsStandby:
		return &session.Fault{
			Reason: "the database is a standby, which can only be read",
			Remedy: "let DB_HOST name the primary, or promote this server with pg_ctl promote",
		}
	case found.IsReadOnly:
		return readOnlyFault(nil)
	case found.ReplicationRole != "origin":
		return &session.Fault{
			Reason: "the triggers of the database are off", Final: true,
			Cause: fmt.Errorf("the role %s has session_replication_role = %s", found.Role, found.ReplicationRole),
			Remedy: `remove this setting with ALTER ROLE ... RESET session_replication_role, also of the database, ` +
				"then run `admin derived repair`",
		}
	case found.Hidden != "":
		return &session.Fault{
			Reason: "the database hides rows from us",
			Cause:  fmt.Errorf("row-level security applies to the role %s at the tables %s", found.Role, found.Hidden),
			Remedy: "let the owner of the tables run ALTER TABLE ... DISABLE ROW LEVEL SECURITY, or ALTER ROLE ... BYPASSRLS, " +
				"or name the owner in DB_USER",
		}
	case found.Denied != "":
		return deniedFault(fmt.Errorf("the role %s may not read and write the tables %s", found.Role, found.Denied))
	}
	return nil
}

// Examine implements session.Health: is there room on the disk?
func (health) Examine(ctx context.Context, db *gorm.DB) error {
	return db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if err := tx.Exec("SET LOCAL work_mem = '64kB'").Error; err != nil {
			return err
		}
		return tx.Exec(writeTemporaryFile).Error
	})
}

// Connections implements session.Health. Each of the three limits holds.
func (health) Connections(ctx context.Context, db *gorm.DB, wanted int) error {
	var found struct {
		Role, Database               string
		OfRole, OfDatabase, OfServer int
	}
	if err := db.WithContext(ctx).Raw(connectionLimits).Scan(&found).Error; err != nil {
		return err
	}
	for _, limit := range []struct {
		most        int
		of, command string
	}{
		{found.OfRole, "the role " + found.Role, "raise it with ALTER ROLE ... CONNECTION LIMIT"},
		{found.OfDatabase, "the database " + found.Database, "raise it with ALTER DATABASE ... CONNECTION LIMIT"},
		{found.OfServer, "the server (max_connections, less those for superusers)", "raise max_connections and restart PostgreSQL"},
	} {
		if limit.most >= 0 && limit.most < wanted {
			return &session.Fault{
				Reason: fmt.Sprintf("the database gives us fewer connections than DB_MAX_CONNECTIONS, %d", wanted),
				Cause:  fmt.Errorf("%s has a limit of %d, for all its users together", limit.of, limit.most),
				Remedy: limit.command + ", use a pooler, or let DB_MAX_CONNECTIONS of all servers together be smaller",
			}
		}
	}
	return nil
}

func readOnlyFault(cause error) *session.Fault {
	return &session.Fault{
		Reason: "the database can only be read", Cause: cause,
		Remedy: "let DB_HOST name the server that is written to, or make this one writable: is it a standby, or has its host made it read-only?",
	}
}

func deniedFault(cause error) *session.Fault {
	return &session.Fault{
		Reason: "the database does not permit us to write", Cause: cause,
		Remedy: "let the owner of the tables run GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ... TO the role of DB_USER, " +
			"or name the owner in DB_USER",
	}
}

func fullFault(cause error) *session.Fault {
	return &session.Fault{
		Reason: "the disk of the database is full", Cause: cause,
		Remedy: "make room on the disk of PostgreSQL, or give it a larger one",
	}
}

func limitFault(cause error) *session.Fault {
	return &session.Fault{
		Reason: "the database permits us too little room for temporary files", Cause: cause,
		Remedy: "raise temp_file_limit of PostgreSQL, or let a superuser run ALTER ROLE ... SET temp_file_limit",
	}
}
