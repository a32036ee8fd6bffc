"""The CronJob controller: Jobs at set times."""
