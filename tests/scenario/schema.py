"""What a database is made of, by its catalogues: to compare two of them, and to find what stays."""

import json
import os

from odoo.sql_db import close_db, db_connect

from dev import databases

# the tables of what makes Odoo what it is, and what names their rows
CONFIGURATION = {
    "ir_model": "model", "ir_model_fields": "model || '.' || name",
    "ir_model_data": "module || '.' || name", "ir_ui_view": "name || coalesce(model, '')",
    "ir_cron": "cron_name", "ir_act_server": "name::text", "ir_act_window": "name::text",
    "ir_act_client": "tag", "ir_act_url": "name::text", "ir_ui_menu": "name::text",
    "ir_config_parameter": "key", "res_groups": "name::text", "ir_rule": "name",
    "res_groups_privilege": "name::text", "ir_module_category": "name::text",
    "ir_model_access": "name", "ir_model_constraint": "name", "ir_model_relation": "name",
    "mail_activity_type": "name::text", "mail_template": "name::text",
    "mail_message_subtype": "name::text", "survey_survey": "title::text",
    "ir_default": "field_id::text", "ir_filters": "name", "ir_sequence": "name", "ir_asset": "path",
    "utm_source": "name", "utm_medium": "name", "ir_embedded_actions": "name::text",
    "ir_attachment": "name || coalesce(res_model, '')", "mailing_filter": "name::text",
    "spreadsheet_dashboard": "name::text", "spreadsheet_dashboard_group": "name::text",
    "digest_tip": "name::text", "ir_exports": "name",
}  # fmt: skip
EVERYBODYS = {
    "columns": """
        SELECT c.relname || '.' || a.attname, format_type(a.atttypid, a.atttypmod) || a.attnotnull
          FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
         WHERE c.relkind IN ('r', 'v', 'm') AND a.attnum > 0 AND NOT a.attisdropped
           AND c.relnamespace = 'public'::regnamespace""",
    "constraints": """
        SELECT conrelid::regclass || '.' || conname, pg_get_constraintdef(oid) FROM pg_constraint
         WHERE connamespace = 'public'::regnamespace""",
    "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "functions": """
        SELECT proname || oidvectortypes(proargtypes), prosrc FROM pg_proc
         WHERE pronamespace = 'public'::regnamespace""",
    "triggers": """
        SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal""",
    "sequences": "SELECT sequencename, data_type FROM pg_sequences WHERE schemaname = 'public'",
}
OURS = r"(c.relname LIKE 'cx\_%' OR a.attname LIKE 'cx\_%')"
# each answers (what, how it is); no oid, no number that depends on the order of events
QUESTIONS = {
    "columns": rf"""
        SELECT c.relname || '.' || a.attname,
               concat_ws(' ', format_type(a.atttypid, a.atttypmod),
                         CASE WHEN a.attnotnull THEN 'NOT NULL' END,
                         'DEFAULT ' || pg_get_expr(d.adbin, d.adrelid))
          FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
          LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
         WHERE c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
           AND c.relnamespace = 'public'::regnamespace AND {OURS}""",
    "constraints": r"""
        SELECT t.relname || '.' || n.conname, pg_get_constraintdef(n.oid), n.convalidated::text
          FROM pg_constraint n JOIN pg_class t ON t.oid = n.conrelid
         WHERE t.relname LIKE 'cx\_%' OR n.conname LIKE '%\_cx\_%'
            OR n.confrelid::regclass::text LIKE 'cx\_%'""",
    "indexes": r"""
        SELECT indexname, regexp_replace(indexdef, '^CREATE', ''), '' FROM pg_indexes
         WHERE tablename LIKE 'cx\_%' OR indexname LIKE '%\_cx\_%' OR indexname LIKE 'cx\_%'""",
    "functions": r"""
        SELECT proname, pg_get_functiondef(oid), '' FROM pg_proc WHERE proname LIKE '%cx\_%'""",
    "triggers": r"""
        SELECT tgname, pg_get_triggerdef(oid), '' FROM pg_trigger
         WHERE NOT tgisinternal AND (tgname LIKE '%cx\_%'
                OR tgrelid::regclass::text LIKE 'cx\_%')""",
    "sequences": r"""
        SELECT sequencename, data_type::text, '' FROM pg_sequences
         WHERE sequencename LIKE '%cx\_%'""",
    "models": """
        SELECT model, name->>'en_US', transient::text FROM ir_model WHERE model LIKE 'cx.%'""",
    "fields": r"""
        SELECT f.model || '.' || f.name, concat_ws(' ', f.ttype, f.relation, f.on_delete,
                   f.required, f.store, f.translate, f.related),
               f.field_description->>'en_US'
          FROM ir_model_fields f WHERE f.model LIKE 'cx.%' OR f.name LIKE 'cx\_%'""",
    "access": r"""
        SELECT d.module || '.' || d.name, m.model || coalesce(' ' || (g.name->>'en_US'), ''),
               concat_ws(' ', a.perm_read, a.perm_write, a.perm_create, a.perm_unlink, a.active)
          FROM ir_model_access a
          JOIN ir_model_data d ON d.res_id = a.id AND d.model = 'ir.model.access'
          JOIN ir_model m ON m.id = a.model_id LEFT JOIN res_groups g ON g.id = a.group_id
         WHERE d.module LIKE 'cx\_%'""",
    "rules": r"""
        SELECT d.module || '.' || d.name,
               concat_ws(' ', m.model, r.domain_force, r.active, r.global),
               concat_ws(' ', r.perm_read, r.perm_write, r.perm_create, r.perm_unlink, (
                   SELECT string_agg(g.name->>'en_US', ','
                          ORDER BY g.name->>'en_US')
                     FROM rule_group_rel l JOIN res_groups g ON g.id = l.group_id
                    WHERE l.rule_group_id = r.id))
          FROM ir_rule r JOIN ir_model_data d ON d.res_id = r.id AND d.model = 'ir.rule'
          JOIN ir_model m ON m.id = r.model_id WHERE d.module LIKE 'cx\_%'""",
    "records": r"""
        SELECT module || '.' || name, model, noupdate::text FROM ir_model_data
         WHERE module LIKE 'cx\_%'
           AND model NOT IN ('ir.model.fields.selection', 'ir.model.inherit')""",
    "selections": r"""
        SELECT f.model || '.' || f.name || ' ' || s.value, s.name->>'en_US', ''
          FROM ir_model_fields_selection s JOIN ir_model_fields f ON f.id = s.field_id
         WHERE f.model LIKE 'cx.%' OR f.name LIKE 'cx\_%'""",
    "views": r"""
        SELECT d.module || '.' || d.name, concat_ws(' ', v.model, v.active, v.priority, v.mode),
               regexp_replace(v.arch_db->>'en_US', '="\d+"', '="id"', 'g')  -- of buttons' actions
          FROM ir_ui_view v JOIN ir_model_data d ON d.res_id = v.id AND d.model = 'ir.ui.view'
         WHERE d.module LIKE 'cx\_%'""",
    "crons": r"""
        SELECT d.module || '.' || d.name, s.code, s.state FROM ir_cron c
          JOIN ir_act_server s ON s.id = c.ir_actions_server_id
          JOIN ir_model_data d ON d.res_id = c.id AND d.model = 'ir.cron'
         WHERE d.module LIKE 'cx\_%'""",
    "menus": r"""
        SELECT d.module || '.' || d.name, concat_ws(' ', m.name->>'en_US', m.sequence, m.active),
               split_part(m.action, ',', 1) || coalesce(p.module || '.' || p.name, '')
          FROM ir_ui_menu m JOIN ir_model_data d ON d.res_id = m.id AND d.model = 'ir.ui.menu'
          LEFT JOIN ir_model_data p ON p.model = 'ir.ui.menu' AND p.res_id = m.parent_id
           AND p.module LIKE 'cx\_%'
         WHERE d.module LIKE 'cx\_%'""",
}  # fmt: skip


def ask(database, query, *values):
    with db_connect(database).cursor() as cr:
        cr.execute(query, values or None)
        return cr.fetchall()


def of_template(question, name):
    """Ask a copy of a template: whoever is connected to one keeps others from cloning it."""
    env, copy = dict(os.environ), f"cx_asked_{os.getpid()}"
    databases.clone(env, name, copy)
    try:
        return question(copy)
    finally:
        close_db(copy)
        databases.drop(env, copy)


def schema(database):
    """{question: {what: how it is}} of what is ours in a database."""
    answers = {}
    for name, query in QUESTIONS.items():
        rows = ask(database, query)
        answers[name] = {row[0]: row[1:] for row in rows}
        assert len(answers[name]) == len(rows), f"{name}: two of one name"
    return answers


def whole(database):
    """The schema of a database, Odoo's part and any other, and the names of its configuration.

    :return: set of (kind, name, how it is)
    """
    found = {(kind, *row) for kind, query in EVERYBODYS.items() for row in ask(database, query)}
    for table, name in CONFIGURATION.items():
        # in the test's own database, of names that stand above
        found |= {(table, text, "") for (text,) in ask(database, f"SELECT {name} FROM {table}")}
    return found


def differences(found, wanted):
    """Lines that say what is different, what is too much and what is missing."""
    lines = []
    for name, things in wanted.items():
        for what in sorted(set(things) | set(found[name])):
            here, there = found[name].get(what), things.get(what)
            if here != there:
                lines.append(f"{name}: {what}: {here} instead of {there}")
    return lines


def rows(database):
    """{table: {id: {column: value}}} of our tables; rows of relations go by all they hold."""
    tables = ask(database, r"SELECT tablename FROM pg_tables WHERE tablename LIKE 'cx\_%'")
    held = {}
    for (table,) in tables:
        found = [
            json.loads(text)
            for (text,) in ask(database, f'SELECT row_to_json(t)::text FROM "{table}" t')
        ]
        held[table] = {row.get("id", str(sorted(row.items()))): row for row in found}
    return held


def mentions(database):
    """{table: number of rows that name us} of tables that are not ours; passing notes apart."""
    tables = ask(database, r"SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    found = {}
    for (table,) in tables:
        if table == "bus_bus":
            continue
        # in the test's own database, of names that its catalogue gives
        [(number,)] = ask(
            database, f"""SELECT count(*) FROM "{table}" t WHERE t::text ~ '\\ycx[._][a-z]'"""
        )
        if number:
            found[table] = number
    return found
