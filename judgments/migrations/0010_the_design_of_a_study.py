from django.db import migrations, models


def place_slots(apps, schema_editor):
    """Write each slot's item number beside it."""
    Slot, Item = apps.get_model("judgments", "Slot"), apps.get_model("judgments", "Item")
    number = Item.objects.filter(pk=models.OuterRef("item")).values("number")
    Slot.objects.update(place=models.Subquery(number))


class Migration(migrations.Migration):

    dependencies = [
        ('judgments', '0001_the_first_tables'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='slot',
            name='slot_open',
        ),
        migrations.AddField(
            model_name='assignment',
            name='draw',
            field=models.JSONField(default=dict, help_text='How the probability came about, step by step.'),
        ),
        migrations.AddField(
            model_name='assignment',
            name='returns_at',
            field=models.DateTimeField(help_text='Drawn to come back: from when on. Empty: not drawn, or come back already.', null=True),
        ),
        migrations.AddField(
            model_name='assignment',
            name='wave',
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name='slot',
            name='place',
            field=models.PositiveIntegerField(default=0, help_text="The item's number in its study."),
            preserve_default=False,
        ),
        migrations.RunPython(place_slots, migrations.RunPython.noop),
        migrations.AddField(
            model_name='slot',
            name='stratum',
            field=models.CharField(blank=True, help_text='The cohort it is kept for; empty: everybody.', max_length=80),
        ),
        migrations.AddField(
            model_name='study',
            name='base_first',
            field=models.BooleanField(default=True, help_text='Half of the readers, drawn by lot, read the base of a family before its shifts.'),
        ),
        migrations.AddField(
            model_name='study',
            name='family_gap',
            field=models.PositiveIntegerField(default=4, help_text='Items of one family stand at least so many places apart for a reader.'),
        ),
        migrations.AddField(
            model_name='study',
            name='most_per_person',
            field=models.PositiveIntegerField(blank=True, help_text='How many items one person reads at most; empty for no limit.', null=True),
        ),
        migrations.AddField(
            model_name='study',
            name='quotas',
            field=models.JSONField(blank=True, default=dict, help_text='Places of each item kept for cohorts, by the answers to one background question: {"facet": "region", "at_least": {"north": 3, "south": 3}}. The rest is open to everybody.'),
        ),
        migrations.AddField(
            model_name='study',
            name='repeat_gap_days',
            field=models.PositiveIntegerField(default=7, help_text='Days in between, at least.'),
        ),
        migrations.AddField(
            model_name='study',
            name='repeat_gap_items',
            field=models.PositiveIntegerField(default=20, help_text='Items read in between, at least.'),
        ),
        migrations.AddField(
            model_name='study',
            name='repeat_share',
            field=models.FloatField(default=0.1, help_text='Some items come back. It shows how steady a judgment is. We tell readers at the start that it happens.'),
        ),
        migrations.AddField(
            model_name='study',
            name='slots_laid_for',
            field=models.CharField(blank=True, editable=False, max_length=64),
        ),
        migrations.AddField(
            model_name='study',
            name='wave',
            field=models.PositiveIntegerField(default=1, help_text='In every wave each reader judges each anchor once more. Without anchors you cannot tell a changed model from changed readers.'),
        ),
        migrations.AlterField(
            model_name='assignment',
            name='eligible',
            field=models.PositiveIntegerField(help_text='Among how many items it was drawn at last.', null=True),
        ),
        migrations.AddIndex(
            model_name='assignment',
            index=models.Index(fields=['participant', '-position'], name='assignment_by_position'),
        ),
        migrations.AddIndex(
            model_name='assignment',
            index=models.Index(condition=models.Q(('returns_at__isnull', False)), fields=['participant', 'returns_at'], name='assignment_returns'),
        ),
        migrations.AddIndex(
            model_name='item',
            index=models.Index(condition=models.Q(('hidden_at__isnull', True), ('purpose', 'main'), ('slots_made', 0)), fields=['study', 'number'], name='item_untouched'),
        ),
        migrations.AddIndex(
            model_name='item',
            index=models.Index(condition=models.Q(('purpose', 'anchor')), fields=['study'], name='item_anchor'),
        ),
        migrations.AddIndex(
            model_name='slot',
            index=models.Index(condition=models.Q(('state', 'open')), fields=['study', 'stratum', 'place'], name='slot_open'),
        ),
        migrations.AddConstraint(
            model_name='study',
            constraint=models.CheckConstraint(condition=models.Q(('repeat_share__gte', 0), ('repeat_share__lte', 1)), name='study_repeat_share_is_share'),
        ),
    ]
