"""The statistical form of community organisations (社区社会组织统计表)."""
