package autogen

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"ariga.io/atlas/sql/schema"
	gormpostgres "gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
	"gorm.io/gorm/migrator"
	gormschema "gorm.io/gorm/schema"
)

// scratchOver opens the database in which the tables of the models are created, with the
// naming of the live database.
func scratchOver(dialector gorm.Dialector, live *gorm.DB) (*gorm.DB, error) {
	db, err := gorm.Open(dialector, &gorm.Config{
		NamingStrategy:         live.NamingStrategy,
		SkipDefaultTransaction: true,
		DisableAutomaticPing:   true,
		Logger:                 logger.Discard,
		// Tables may refer to each other: all tables are created first.
		DisableForeignKeyConstraintWhenMigrating: live.Name() == postgresName,
	})
	if err != nil {
		return nil, fmt.Errorf("open a place for the models: %w", err)
	}
	return db, nil
}

// create creates the enums and tables of the models.
func create(scratch *gorm.DB, models Models) error {
	if scratch.Name() == postgresName {
		for _, name := range sortedNames(models.Enums) {
			if err := scratch.Exec(createEnum(name, models.Enums[name])).Error; err != nil {
				return fmt.Errorf("make the type %s: %w", name, err)
			}
		}
	}
	for _, row := range models.Rows {
		if err := scratch.Migrator().CreateTable(row); err != nil {
			return fmt.Errorf("make the table of the model %T: %w", row, err)
		}
	}
	if !scratch.DisableForeignKeyConstraintWhenMigrating {
		return nil
	}
	for _, row := range models.Rows {
		if err := createForeignKeys(scratch, row); err != nil {
			return err
		}
	}
	return nil
}

func createForeignKeys(scratch *gorm.DB, row any) error {
	parsed, err := parse(scratch, row)
	if err != nil {
		return err
	}
	for _, relation := range parsed.Relationships.Relations {
		constraint := relation.ParseConstraint()
		if relation.Field.IgnoreMigration || constraint == nil || constraint.Schema.Table != parsed.Table {
			continue
		}
		if err := scratch.Migrator().CreateConstraint(row, constraint.Name); err != nil {
			return fmt.Errorf("make the foreign key %s of the model %T: %w", constraint.Name, row, err)
		}
	}
	return nil
}

// addChecks gives tables of SQLite the checks that stand for enumerated types and booleans,
// which SQLite does not have.
func addChecks(wants *schema.Schema, live *gorm.DB, models Models) error {
	for _, row := range models.Rows {
		parsed, err := parse(live, row)
		if err != nil {
			return err
		}
		table, there := wants.Table(parsed.Table)
		if !there {
			return fmt.Errorf("the model %T has made no table %s", row, parsed.Table)
		}
		for _, field := range parsed.Fields {
			column, there := table.Column(field.DBName)
			if !there {
				continue
			}
			var values string
			if enum := models.Enums[postgresType(field)]; enum != nil {
				column.Type.Raw, column.Type.Type = "TEXT", &schema.StringType{T: "text"}
				values = literals(enum)
			} else if field.IndirectFieldType.Kind() == reflect.Bool {
				values = "0, 1"
			} else {
				continue
			}
			table.AddChecks(schema.NewCheck().SetName(checkName(table.Name, column.Name)).
				SetExpr("(" + identifier(column.Name) + " IN (" + values + "))"))
		}
	}
	return nil
}

func checkName(table, column string) string { return table + "_" + column + "_check" }

// postgresType is PostgreSQL's name for the type of the field.
func postgresType(field *gormschema.Field) string {
	db := &gorm.DB{Config: &gorm.Config{Dialector: gormpostgres.Dialector{Config: &gormpostgres.Config{}}}}
	if typed, ok := reflect.New(field.IndirectFieldType).Interface().(migrator.GormDataTypeInterface); ok {
		return typed.GormDBDataType(db, field)
	}
	return string(field.DataType)
}

func literals(values []string) string {
	quoted := make([]string, len(values))
	for i, value := range values {
		quoted[i] = literal(value)
	}
	return strings.Join(quoted, ", ")
}

func sortedNames[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
